"""Vector files through pyogrio as Arrow batches, with geometry left as WKB so that no ring is lost in reading."""

import json
import re
import shutil
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
from django.utils.translation import gettext_noop
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

from importers import encoding as text
from importers.errors import ImporterError
from importers.options import label_of
from layers.sentences.sentence import gettext
from layers.sentences.sentence import gettext as _

from . import json_lines
from .dbase import cut_off
from .geopackage import misread_values
from .json_digits import exact_columns, infinite_number, reprinted_columns
from .legibility import IllegibleText, decoded_column, legible_columns, whole_letters
from .source import ROWS_AT_ONCE, Batch, Problem, Source

UNSAID = "ISO-8859-1"
"""What GDAL says of a shapefile that does not say its encoding."""

MISTAKEN = {".tab", ".mif"}
"""Files whose text GDAL takes for UTF-8 where they do not say what it is."""

ACAD_VERSION = re.compile(rb"\$ACADVER\s+1\s+AC(\d{4})")
HEADER_SECTION = re.compile(rb"SECTION\s+2\s+HEADER")
EMPTY_HEADER = b"0\nSECTION\n2\nHEADER\n9\n$ACADVER\n1\nAC1009\n0\nENDSEC\n"
CODE_PAGE = re.compile(rb"\$DWGCODEPAGE\s+3\s+\S")
FIRST_IN_UTF_8 = 1021
FOLDERS = re.compile(r"(?<![:/\w])/(?:[^/\s'\"]+/)+")
"""Of a path of this machine, but of no address."""

ADVICE = "It might help to specify the correct driver"
"""Where GDAL begins to tell programmers what to do."""

WARNINGS = {
    "Non closed ring detected": gettext_noop("areas whose edge is not closed were closed"),
    "Several features with id": gettext_noop("several rows have the same id"),
}
"""What GDAL warns of, by its first words, for people."""

UNDEFINED = re.compile(r"^\w+\[\"(Undefined|Unknown)\b", re.IGNORECASE)

SAMPLE = 5000
UNREADABLE = (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError, pa.ArrowException)


def read(
    path: Path, file_layer: str | None, encoding: str | None, without: Collection[int] = (), **options: Any
) -> Source:
    """``without`` are the places of columns that are read in another way; they are among the headings."""
    if path.suffix.lower() in json_lines.ENDINGS:
        path = json_lines.collect(path)
    name = layer_name(path, file_layer)
    if path.suffix.lower() == ".dxf":
        _refuse_cut_drawing(path)
        encoding, options = None, options | _dxf_encoding(path, encoding)
        path = _with_header(path)
    meta, notes = described(path, name, encoding)
    if not encoding and options.get("ENCODING"):
        notes.insert(0, _("text read as {chosen}").format(chosen=options["ENCODING"]))
    places = [place for place in range(len(meta["fields"])) if place not in without]
    if without:
        undecoded = _info(path, name, UNSAID)["fields"]
        options["columns"] = [undecoded[place] for place in places]
    chosen = text.resolve(encoding) if encoding else None
    if chosen is None and (meta["encoding"] == UNSAID or path.suffix.lower() in MISTAKEN):
        chosen = _detected(path, name, options.get("columns"))
        notes.insert(0, _("text read as {chosen}").format(chosen=chosen))
    fields = [str(field) for field in meta["fields"]]
    if meta["encoding"] == UNSAID and chosen and chosen != "latin-1":
        fields = [_redecode(field, chosen) for field in fields]
    misread = misread_values(path, name) if path.suffix.lower() == ".gpkg" else {}
    read = [fields[place] for place in places]
    stream = partial(_stream, path, name, chosen, read, options, misread)
    if chosen and (chosen != "utf-8" or path.suffix.lower() in MISTAKEN):
        stream = partial(_stream_decoded, path, name, chosen, read, options)
    return Source(fields, stream, True, _stated_crs(meta["crs"]), max(0, meta["features"]) or None, notes)


def _stated_crs(crs: str | None) -> str | None:
    """None for what only says that it is unknown, as a GeoPackage does of its systems 0 and -1."""
    return None if crs is None or UNDEFINED.search(crs) else crs


def described(path: Path, name: str, encoding: str | None) -> tuple[dict[str, Any], list[str]]:
    """What GDAL says of a layer with geometry, and what it warns of."""
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            meta = _info(path, name, encoding)
    except UNREADABLE as problem:
        raise _unreadable_whole(path, problem) from None
    except (UnicodeError, LookupError):
        raise wrongly_encoded(path, encoding) from None
    if meta["geometry_type"] is None:
        raise ImporterError(
            _("{path} has no geometry; give it as CSV or Excel with position columns.").format(path=path.name)
        )
    return meta, [*dict.fromkeys(warned(each.message) for each in said)]


def warned(said: object) -> str:
    message = first_line(said)
    known = next((each for each in WARNINGS if message.startswith(each)), None)
    return gettext(WARNINGS[known]) if known else _("GDAL says: {message}").format(message=message)


def _refuse_cut_drawing(path: Path) -> None:
    """GDAL reads what there is of a drawing without its last line."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 1024))
        if not file.read().rstrip(b"\0\x1a \t\r\n").endswith(b"EOF"):
            raise cut_off(path)


def _dxf_encoding(path: Path, encoding: str | None) -> dict[str, str]:
    """The encoding of a drawing for GDAL, which believes the code page that newer ones name though they are UTF-8."""
    if encoding:
        return {"ENCODING": text.resolve(encoding)}
    with path.open("rb") as file:
        head = file.read(4096)
    version, page = ACAD_VERSION.search(head), CODE_PAGE.search(head)
    if version and int(version[1]) >= FIRST_IN_UTF_8:
        return {"ENCODING": "UTF-8"}
    return {} if page else {"ENCODING": text.detect_file(path)}


def _with_header(path: Path) -> Path:
    """A drawing in which GDAL takes the encoding that it is told, which it does where there is a header."""
    with path.open("rb") as file:
        if HEADER_SECTION.search(file.read(4096)):
            return path
        file.seek(0)
        folder = path.parent / "copied"
        folder.mkdir(exist_ok=True)
        with (folder / path.name).open("wb") as made:
            made.write(EMPTY_HEADER)
            shutil.copyfileobj(file, made)
    return folder / path.name


def _info(path: Path, name: str, encoding: str | None) -> dict[str, Any]:
    chosen = text.resolve(encoding) if encoding else None
    try:
        found: dict[str, Any] = pyogrio.read_info(path, layer=name, encoding=chosen)
    except UnicodeError:
        if chosen:
            raise
        found = pyogrio.read_info(path, layer=name, encoding=UNSAID)
    return found


def layers(path: Path) -> list[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it says of the rows is said when they are read
            names = [str(name) for name, _ in pyogrio.list_layers(path)]
        if path.suffix.lower() == ".gpx":  # five kinds of things, though most files hold one
            names = [name for name in names if _rows(path, name)] or names
        return names
    except (*UNREADABLE, UnicodeError, ValueError) as problem:
        raise _unreadable_whole(path, problem) from None


def _rows(path: Path, name: str) -> int:
    return int(pyogrio.read_info(path, layer=name, force_feature_count=True)["features"])


def layer_name(path: Path, file_layer: str | None) -> str:
    names = layers(path)
    if not names:
        raise ImporterError(_("{path} holds no rows.").format(path=path.name))
    if file_layer is None and len(names) != 1:
        raise ImporterError(
            _("{path} holds several layers; choose one under {option}: {names}.").format(
                option=label_of("file_layer"), path=path.name, names=", ".join(names)
            )
        )
    if file_layer is not None and file_layer not in names:
        raise ImporterError(
            _("{path} has no layer “{file_layer}”; it has {names}.").format(
                path=path.name, file_layer=file_layer, names=", ".join(names)
            )
        )
    return file_layer or names[0]


def _detected(path: Path, name: str, columns: list[str] | None) -> str:
    """By the first rows, read as if every byte were a character."""
    meta, _, _, values = pyogrio.raw.read(
        path,
        layer=name,
        encoding=UNSAID,
        columns=columns,
        max_features=SAMPLE,
        read_geometry=False,
        datetime_as_string=True,
    )
    texts = [cell for column in values for cell in column if isinstance(cell, str)]
    try:
        return text.detect("\n".join([*map(str, meta["fields"]), *texts]).encode("latin-1"))
    except UnicodeEncodeError:
        return "utf-8"


def _stream(
    path: Path,
    name: str,
    encoding: str | None,
    fields: list[str],
    options: dict[str, Any],
    misread: Mapping[int, list[Problem]],
) -> Iterator[Batch]:
    """``misread`` are values of which GDAL makes others, by the key of their row."""
    start, exact = 0, exact_columns(path)
    try:
        with pyogrio.open_arrow(
            path,
            layer=name,
            encoding=encoding,
            batch_size=ROWS_AT_ONCE,
            return_fids=bool(misread),
            **options,
        ) as (meta, stream):
            geometry = meta["geometry_name"] or "wkb_geometry"
            for rows in pa.RecordBatchReader.from_stream(stream):
                names = [column for column in rows.schema.names if column != geometry][bool(misread) :]
                columns = {field: rows[column] for field, column in zip(fields, names, strict=True)}
                keys = rows.columns[0].to_pylist() if misread else []
                faults = {index: [*misread[key]] for index, key in enumerate(keys) if key in misread}
                columns = _without_misread(legible_columns(columns, faults), faults)
                exact |= reprinted_columns(
                    path, {field: column for field, column in columns.items() if field not in exact}
                )
                for field, texts in exact.items():
                    columns[field] = whole_letters(field, texts[start : start + rows.num_rows], faults)
                yield Batch(start, columns, binary(rows[geometry]), faults=faults)
                start += rows.num_rows
    except UNREADABLE as problem:
        raise unreadable(path, start, problem) from None
    except (UnicodeError, LookupError, IllegibleText):
        raise wrongly_encoded(path, encoding) from None


def _without_misread(
    columns: Mapping[str, pa.Array], faults: Mapping[int, list[Problem]]
) -> dict[str, pa.Array]:
    """Empty where another value would be read than is written."""
    found = dict(columns)
    for name in {fault.field for each in faults.values() for fault in each} & found.keys():
        wrong = [any(fault.field == name for fault in faults.get(row, ())) for row in range(len(found[name]))]
        found[name] = pc.if_else(pa.array(wrong), pa.scalar(None, found[name].type), found[name])
    return found


def _stream_decoded(
    path: Path, name: str, encoding: str, fields: list[str], options: dict[str, Any]
) -> Iterator[Batch]:
    """As :func:`_stream`, of text that GDAL hands on as the bytes of another encoding, which Arrow does not take."""
    start = 0
    try:
        while True:
            _meta, _fids, shapes, values = pyogrio.raw.read(
                path,
                layer=name,
                encoding=UNSAID,
                skip_features=start,
                max_features=ROWS_AT_ONCE,
                **{"datetime_as_string": True, **options},
            )
            if not len(shapes):
                return
            faults: dict[int, list[Problem]] = {}
            columns = {
                field: decoded_column(field, column, encoding, faults)
                for field, column in zip(fields, values, strict=True)
            }
            yield Batch(start, columns, pa.array(shapes, pa.binary()), faults=faults)
            start += len(shapes)
    except UNREADABLE as problem:
        raise unreadable(path, start, problem) from None
    except (UnicodeError, LookupError, IllegibleText):
        raise wrongly_encoded(path, encoding) from None


def _unreadable_whole(path: Path, problem: Exception) -> ImporterError:
    if path.suffix.lower() in {".json", ".geojson"}:
        try:
            json.loads(path.read_bytes())
        except UnicodeError:
            return ImporterError(
                _("{path} is not written in UTF-8; save it as UTF-8.").format(path=path.name)
            )
        except (ValueError, RecursionError, MemoryError):
            pass
        else:
            return _unfit_json(path)
    return ImporterError(
        _("{path} cannot be read: {reason}.").format(path=path.name, reason=first_line(problem))
    )


def _unfit_json(path: Path) -> ImporterError:
    found = None
    with suppress(AttributeError, TypeError):  # of what is no collection of features
        found = infinite_number(path)
    if found:
        row, name, value = found
        return ImporterError(
            _(
                "{path}: in row {row:,}, {name}, stands {value}, which is beyond all numbers that can be kept; put it right and deliver the file again."
            ).format(path=path.name, row=row, name=name, value=value[:80])
        )
    return ImporterError(
        _("{path} is JSON, but no GeoJSON; export it as GeoJSON, or as CSV with position columns.").format(
            path=path.name
        )
    )


def unreadable(path: Path, start: int, problem: Exception) -> ImporterError:
    return ImporterError(
        _("{path} cannot be read beyond row {start:,}: {reason}.").format(
            path=path.name, start=start, reason=first_line(problem)
        )
    )


def binary(array: pa.Array) -> pa.Array:
    storage = array.storage if isinstance(array, pa.ExtensionArray) else array
    return storage.cast(pa.binary())


def wrongly_encoded(path: Path, encoding: str | None) -> ImporterError:
    return ImporterError(
        _("{path} is not written in {value}; choose its encoding under {option}.").format(
            option=label_of("encoding"), path=path.name, value=encoding or "the encoding it names"
        )
    )


def _redecode(name: str, encoding: str) -> str:
    try:
        return name.encode("latin-1").decode(encoding)
    except (UnicodeEncodeError, UnicodeDecodeError):
        return name


def first_line(problem: Any) -> str:
    """Without the folders of this machine that it names."""
    said = (str(problem).splitlines() or [type(problem).__name__])[0].partition(ADVICE)[0].rstrip(".; ")
    return FOLDERS.sub("", said)
