"""What somebody asks to take away: a layer, the rows of a question or chosen ones, in a format and a system."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.http import QueryDict

from layers.errors import InvalidInput
from layers.query.compiler import compile_condition
from layers.query.limits import check_cost, limits
from layers.query.nodes import Node
from layers.query.text_form import from_text
from layers.registry.access.export_log import record_export
from layers.registry.access.layer_query import Condition, LayerQuery
from layers.registry.audience import Viewer
from layers.registry.registration import get_layer
from layers.sentences.sentence import gettext as _

from .about import about
from .formats import ENCODINGS, FORMATS, Format
from .systems import SYSTEMS, System
from .table import BATCH, Advance, LayerTable


@dataclass(frozen=True)
class Request:
    """``text`` is CQL2, empty for all rows; ``keys`` are those of chosen rows, none for all."""

    layer: str
    format: str
    text: str = ""
    keys: tuple[int, ...] = ()
    system: str = "4490"
    encoding: str = "UTF-8"

    @classmethod
    def of_arguments(cls, given: dict[str, Any]) -> "Request":
        return cls(**{**given, "keys": tuple(given["keys"])})

    @property
    def arguments(self) -> dict[str, Any]:
        return {**asdict(self), "keys": list(self.keys)}

    @property
    def how(self) -> Format:
        return FORMATS[self.format]

    @property
    def where(self) -> System:
        return SYSTEMS["4326" if self.format == "kml" and self.system == "4490" else self.system]

    @property
    def file_name(self) -> str:
        """As whoever asked keeps it: with the system where it is not the store's, so that an offset is seen."""
        system = self.where.name
        return f"{self.layer}{'' if system == '4490' else f'_{system}'}.{self.how.ending}"

    @property
    def kept_name(self) -> str:
        words = repr(sorted(self.arguments.items())).encode()
        return f"{hashlib.sha256(words).hexdigest()[:16]}.{self.how.ending}"

    @property
    def node(self) -> Node | None:
        return from_text(self.text) if self.text.strip() else None

    def reading(self, viewer: Viewer) -> LayerQuery:
        return LayerQuery(get_layer(self.layer, viewer), viewer)

    def conditions(self, reading: LayerQuery) -> list[Condition]:
        node = self.node
        found = [compile_condition(node, reading)] if node is not None else []
        if self.keys:
            found.append(Condition("id = ANY(%s)", (list(self.keys),)))
        return found

    def count(self, viewer: Viewer) -> int:
        """Of its rows; what cannot be answered in time is told before anything is written."""
        reading = self.reading(viewer)
        if self.how.needs_shapes and not reading.layer.has_geometry:
            raise InvalidInput(
                _("“%(layer)s” has no places; choose a format for tables.") % {"layer": reading.layer.title}
            )
        conditions = self.conditions(reading)
        with limits(viewer):
            check_cost(reading, conditions)
            rows = reading.count(*conditions)
        if rows > self.how.most:
            raise InvalidInput(
                _("“%(format)s” holds %(most)d rows at most; choose another format.")
                % {"format": self.how.title, "most": self.how.most}
            )
        return rows

    def write(self, viewer: Viewer, path: Path, rows: int, advance: Advance) -> None:
        reading = self.reading(viewer)
        said = about(reading, self.node, self.where, rows)
        table = LayerTable(reading, self.conditions(reading), self.where, advance)
        self.how.write(table, path, said, self.encoding)
        record_export(self.layer, viewer, said.facts["question"], self.file_name, rows)


def read_request(layer: str, given: QueryDict) -> Request:
    asked = Request(
        layer,
        _one_of("as", given.get("as", ""), [*FORMATS]),
        given.get("filter", ""),
        _keys(given.getlist("id")),
        _one_of("system", given.get("system", "4490"), [*SYSTEMS]),
        _one_of("encoding", given.get("encoding", "UTF-8"), ENCODINGS),
    )
    if asked.format == "kml" and asked.where.name != "4326":
        raise InvalidInput(_("KML is in degrees of WGS 84 alone."))
    return asked


def _one_of(name: str, text: str, allowed: Sequence[str]) -> str:
    if text not in allowed:
        raise InvalidInput(
            _("“%(name)s” is one of: %(allowed)s.") % {"name": name, "allowed": ", ".join(allowed)}
        )
    return text


def _keys(texts: Sequence[str]) -> tuple[int, ...]:
    keys = [key for text in texts for key in text.split(",") if key]
    if len(keys) > BATCH or not all(key.isascii() and key.isdigit() and len(key) < 19 for key in keys):
        raise InvalidInput(_("“id” names features by their numbers, separated by commas."))
    return tuple(sorted({int(key) for key in keys}))
