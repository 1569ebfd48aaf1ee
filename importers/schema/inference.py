"""What a file would be as a layer of its own: its geometry, its fields and their types, what names its rows."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from django.db.models import Model

from importers.crs.geocoder import AddressColumn
from importers.crs.position_columns import PositionColumns
from importers.errors import ImporterError
from importers.geometry import validity
from importers.options import areas_label
from importers.sources.source import Batch, Source
from layers.registry.declaration.layer import Geometry
from layers.registry.declaration.values import date_or_time, day_before_month
from layers.sentences.sentence import gettext as _
from layers.sentences.sentence import ngettext

from .encoded_column import encode

TYPE_IDS = {Geometry.POINT: {0, 4}, Geometry.LINE: {1, 2, 5}, Geometry.POLYGON: {3, 6}}
RESERVED = {
    "id",
    "pk",
    "geom",
    "geom_3857",
    "source",
    "search_text",
    "is_generated",
    "layer",
    "class",
    "objects",
    "geometry",
    *(
        "f",
        "lang",
        "limit",
        "offset",
        "bbox",
        "crs",
        "datetime",
        "sortby",
        "properties",
        "resulttype",
        "filter",
    ),
} | {
    *("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"),
    *dir(Model),
}
"""Columns that every layer or table has already, what addresses of the open API and a model call otherwise."""

MOST_COLUMNS = 1500
"""A table has 1,600 at most, some of them its own."""
NAMES = ("名称", "name", "标题", "title", "name:zh", "label")
IDENTIFIER = re.compile(r"(^|[\W_])(id|key|code|uuid|guid)$|(编号|编码|代码|标识码|证号)$", re.IGNORECASE)
INTEGER = re.compile(r"-?[1-9]\d{0,18}|0")
DECIMAL = re.compile(r"-?(?:[1-9]\d*|0)\.\d*[1-9]")
DATE = re.compile(r"\d{4}([-/])\d{1,2}\1\d{1,2}|\d{4}年\d{1,2}月\d{1,2}日")
TIME = re.compile(r"\d{4}([-/])\d{1,2}\1\d{1,2}[T ]\d{1,2}:\d\d.*")
SLASHED = re.compile(r"\d{1,2}/\d{1,2}/\d{4}( .+)?")
EXACT_IN_NUMBERS = 2**53
DIGITS_IN_NUMBERS = 15
LARGEST = 2**63
COMMON = {
    frozenset(("integer", "number")): "number",
    frozenset(("integer", "long")): "long",
    frozenset(("date", "time")): "days and times",
    frozenset(("date", "days and times")): "days and times",
    frozenset(("time", "days and times")): "days and times",
}
"""``long`` are whole numbers that are not exact among others; a day is no time of day, except in a workbook."""
CODES = {"text", "integer", "long"}
LONGEST = 40
MOST_IN_TILES, FEW_VALUES = 5, 24


@dataclass(frozen=True)
class LayerSchema:
    """As :class:`layers.datasets.models.Dataset` keeps it."""

    geometry: Geometry
    fields: list[dict[str, Any]]
    title_field: str
    key: list[str]
    closed_lines: int = 0
    """Lines that enclose an area, as drawings have parcels."""

    @property
    def note(self) -> str:
        """What the publisher should know of the shapes, if anything."""
        if self.geometry != Geometry.LINE or not self.closed_lines:
            return ""
        return ngettext(
            "{count:,} line is closed; where such lines are the edges of areas, choose {option}",
            "{count:,} lines are closed; where such lines are the edges of areas, choose {option}",
            self.closed_lines,
        ).format(count=self.closed_lines, option=areas_label())


def infer_schema(
    source: Source,
    positions: PositionColumns | AddressColumn | None,
    title: str | None = None,
    key: Iterable[str] = (),
    left_out: Iterable[str] = (),
    batches: Iterable[Batch] | None = None,
    date_order: str = "",
    kinds: Mapping[str, str] | None = None,
    geometry: Geometry | None = None,
) -> LayerSchema:
    """Looks at every row, or at those of ``batches``; ``title``, ``key`` and ``left_out`` are headings, ``kinds`` are
    what somebody has said of headings, and ``geometry`` of the rows.

    Rows are told apart by the key, else by a column that sounds like an identifier and is one, else by place and title.
    """
    headings = _headings_besides(source, {*getattr(positions, "headings", ()), *left_out})
    survey = _Survey(headings, positions, date_order)
    for batch in source.stream() if batches is None else batches:
        survey.add(batch)
    names = _names(headings)
    kept = {"long": "integer", "days and times": "time" if source.midnights_as_days else "text"}
    types = {heading: kept.get(kind, kind) for heading, kind in survey.types.items()}
    types |= {heading: kind for heading, kind in (kinds or {}).items() if heading in types}
    named = _title_heading(source, title, headings, types)
    stated = [_find_heading(source, heading) for heading in key]
    _refuse_left_out([named, *stated], names)
    few = [heading for heading in headings if _has_few(source.sample, heading)][:MOST_IN_TILES]
    types |= {named: "text"}
    fields = [
        {
            "name": names[heading],
            "label": heading,
            "kind": types[heading] or "text",
            "in_tiles": heading == named or heading in few,
        }
        for heading in headings
    ]
    shape = geometry or _geometry(survey.geometry_types, survey.unread)
    keys = [names[heading] for heading in stated or survey.identifiers()[:1]] or ["geom", names[named]]
    return LayerSchema(shape, fields, names[named], keys, survey.closed_lines)


def _headings_besides(source: Source, used: set[str]) -> list[str]:
    headings = [heading for heading in source.headings if heading not in used]
    if len(headings) > MOST_COLUMNS:
        raise ImporterError(
            _("The file has {count:,} columns; a layer takes {most:,}. Leave some out.").format(
                count=len(headings), most=MOST_COLUMNS
            )
        )
    if not headings and len(source.sample):
        raise ImporterError(
            _("The file has no columns besides the position; a layer needs one that names its rows.")
        )
    return headings


def _refuse_left_out(wanted: Iterable[str], names: Mapping[str, str]) -> None:
    for heading in wanted:
        if heading not in names:
            raise ImporterError(
                _("“{heading}” is left out, so it cannot name rows or tell them apart.").format(
                    heading=heading
                )
            )


class _Survey:
    """What is seen of columns and geometry, batch by batch."""

    def __init__(
        self, headings: list[str], positions: PositionColumns | AddressColumn | None, date_order: str
    ) -> None:
        self.headings, self.positions, self.date_order = headings, positions, date_order
        self.types = dict.fromkeys(headings, "")
        self.geometry_types: Counter[int] = Counter()
        self.closed_lines = 0
        self.unread = ""
        self.uniqueness = {heading: _Uniqueness() for heading in headings if IDENTIFIER.search(heading)}

    def add(self, batch: Batch) -> None:
        for heading in self.headings:
            found = _column_type(batch.columns[heading], self.date_order)
            self.types[heading] = _common_type(self.types[heading], found)
        for heading, uniqueness in self.uniqueness.items():
            uniqueness.add(batch.columns[heading])
        placed = self.positions.shapes(batch) if self.positions else validity.decode(validity.wkb_of(batch))
        self.geometry_types.update(shapely.get_type_id(placed.shapes).tolist())
        closed = placed.shapes[shapely.is_closed(placed.shapes)]
        self.closed_lines += int(shapely.is_ring(shapely.get_geometry(closed, 0)).sum())
        if placed.rejected and not self.unread:
            index, problem = next(iter(placed.rejected.items()))
            self.unread = _("row {row:,}: {reason}").format(row=batch.start + index + 1, reason=problem.wrong)

    def identifiers(self) -> list[str]:
        """Headings that sound like an identifier of columns that are one."""
        return [
            heading
            for heading, is_unique in self.uniqueness.items()
            if is_unique and self.types[heading] in CODES
        ]


class _Uniqueness:
    """True while every row has a value and no two have the same; holds 8 bytes a row."""

    def __init__(self) -> None:
        self.hashes: list[npt.NDArray[np.int64]] | None = []

    def add(self, column: pa.Array) -> None:
        values = encode(column).values
        if self.hashes is not None:
            new = np.fromiter((hash(str(value)) for value in values), np.int64, len(values))
            self.hashes = [*self.hashes, new] if len(values) == len(column) else None

    def __bool__(self) -> bool:
        found = np.concatenate(self.hashes) if self.hashes else np.empty(0)
        return len(found) > 1 and len(np.unique(found)) == len(found)


def _column_type(column: pa.Array, order: str) -> str:
    """Empty where nothing is filled; ``order`` says whether day or month come first in 03/04/2020, if anybody knows."""
    kind = column.type
    if column.null_count == len(column):
        return ""
    if pa.types.is_boolean(kind):
        return "boolean"
    if pa.types.is_integer(kind):
        return _integer_type(column)
    if pa.types.is_decimal(kind):
        return "number" if kind.precision <= DIGITS_IN_NUMBERS else "text"
    if pa.types.is_floating(kind):
        return "number"
    if pa.types.is_date(kind):
        return "date"
    if pa.types.is_timestamp(kind):
        return "time"
    found = ""
    for value in encode(column).values:
        found = _common_type(found, _text_type(str(value).strip(), order))
        if found == "text":
            break
    return found


def _integer_type(column: pa.Array) -> str:
    """``long`` where a floating-point number could not hold each exactly; text beyond what a database holds."""
    limits = pc.min_max(column).as_py()
    largest = max(-limits["min"], limits["max"])
    return "text" if largest >= LARGEST else "long" if largest > EXACT_IN_NUMBERS else "integer"


def _text_type(text: str, order: str) -> str:
    """A type that writes the text back as it is, or a date or time that import reads."""
    if INTEGER.fullmatch(text):
        largest = abs(int(text))
        return "text" if largest >= LARGEST else "long" if largest > EXACT_IN_NUMBERS else "integer"
    if DECIMAL.fullmatch(text):
        return "number" if np.format_float_positional(float(text)) == text else "text"
    match = SLASHED.fullmatch(text) if order else None
    if match or DATE.fullmatch(text) or TIME.fullmatch(text):
        try:
            date_or_time(day_before_month(text) if order == "day" else text)
        except ValueError:
            return "text"
        return "time" if ":" in text else "date"
    return "text"


def _common_type(first: str, second: str) -> str:
    """The kind that holds both."""
    if not first or not second or first == second:
        return first or second
    return COMMON.get(frozenset((first, second)), "text")


def _geometry(types: Counter[int], unread: str) -> Geometry:
    """``unread`` is why a position could not be read."""
    counts = {kind: sum(types[number] for number in numbers) for kind, numbers in TYPE_IDS.items()}
    best = max(counts, key=lambda kind: counts[kind])
    if not counts[best]:
        if unread:
            raise ImporterError(_("No row has a position that can be read; {reason}.").format(reason=unread))
        raise ImporterError(_("The file holds no points, lines or areas."))
    return best


def latin(text: str, space: str) -> str:
    """Small letters and digits of a text, Chinese in pinyin; empty where it has none."""
    from pypinyin import lazy_pinyin  # as in search terms

    spoken = "".join(lazy_pinyin(text)).lower()
    return re.sub(r"[^a-z0-9]+", space, spoken).strip(space)[:LONGEST].strip(space)


def _names(headings: Iterable[str]) -> dict[str, str]:
    """Field names in Latin letters, Chinese in pinyin, each once."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for heading in headings:
        plain = latin(heading, "_") or "field"
        if plain[0].isdigit() or plain in RESERVED:
            plain = f"f_{plain}"
        name, again = plain, 2
        while name in taken:
            name, again = f"{plain}_{again}", again + 1
        taken.add(name)
        found[heading] = name
    return found


def _title_heading(source: Source, title: str | None, headings: list[str], kinds: dict[str, str]) -> str:
    if title is not None:
        return _find_heading(source, title)
    usual = (found for name in NAMES if (found := source.heading(name)) in headings)
    texts = (heading for heading in headings if kinds[heading] == "text")
    return next(filter(None, (*usual, *texts)), headings[0])


def _find_heading(source: Source, heading: str) -> str:
    found = source.heading(heading)
    if found is None:
        raise ImporterError(
            _("The file has no column “{stated}”; it has {names}.").format(
                stated=heading, names=", ".join(source.headings)
            )
        )
    return found


def _has_few(sample: Batch, heading: str) -> bool:
    """Whether rows share values, so that a map can be coloured by them."""
    values = encode(sample.columns[heading]).values
    return (
        1 < len(values) <= min(FEW_VALUES, max(2, len(sample) // 3))
        and max(map(len, map(str, values))) <= LONGEST
    )
