"""Opening a delivered file by its kind."""

import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.db import DatabaseError

from importers.errors import ImporterError
from importers.options import label_of
from importers.safety.archives import DEEPEST
from importers.safety.inspection import open_checked as unpacked
from layers.sentences.sentence import gettext as _

from . import cityjson, flatgeobuf, mapinfo, parquet, service_answers, shapefile, vector
from .source import Batch, Source
from .tables import delimited_text
from .xml import citygml, gml, gpx, kml, xml_copy

logger = logging.getLogger(__name__)

TEXTS = {".csv", ".tsv", ".txt"}
XML = {".kml", ".gpx", ".gml"}
TERRAIN = {".tif", ".tiff"}
READERS = {".parquet": parquet.read, ".geoparquet": parquet.read}
"""By ending, of files that hold one table and say themselves how they are read."""
THROUGH_GDAL = {
    ".shp": shapefile.read,
    ".kml": kml.read,
    ".gpx": gpx.read,
    ".gml": gml.read,
    ".tab": mapinfo.read,
    ".mif": mapinfo.read,
    ".fgb": flatgeobuf.read,
}
"""By ending, where GDAL would change values."""


@contextmanager
def open_source(path: Path, file_layer: str | None = None, encoding: str | None = None) -> Iterator[Source]:
    """The delivery of a file or of the one chosen in an archive, to be read within the block."""
    with unpacked(path) as found:
        chosen, inner = choose_file(found, file_layer, path)
        yield read(chosen, inner, encoding)


def choose_file(found: list[Path], file_layer: str | None, path: Path) -> tuple[Path, str | None]:
    """Of several files in an archive the one that ``file_layer`` names, as FILE or FILE/LAYER."""
    if len(found) == 1:
        return found[0], file_layer
    names = _part_names(found)
    for name, each in names.items():
        if file_layer == name:
            return each, None
        if file_layer is not None and file_layer.startswith(f"{name}/"):
            return each, file_layer.removeprefix(f"{name}/")
    raise ImporterError(
        _("{path} holds several files; choose one under {option}: {names}.").format(
            option=label_of("file_layer"), path=path.name, names=", ".join(names)
        )
    )


def choose_elevation(found: list[Path], file_layer: str | None, path: Path) -> Path:
    chosen, _inner = choose_file(found, file_layer, path)
    if chosen.suffix.lower() not in TERRAIN:
        raise ImporterError(
            _("{path} holds no elevation; the layer takes GeoTIFF (.tif).").format(path=chosen.name)
        )
    return chosen


def _part_names(found: list[Path]) -> dict[str, Path]:
    """Each by as much of its name, ending and folders as tells it from the others."""
    shapes: list[Callable[[Path], str]] = [
        lambda each: each.stem,
        lambda each: each.name,
        *(lambda each, deep=deep: "/".join(each.parts[-deep:]) for deep in range(2, DEEPEST + 3)),
    ]
    names = {}
    for each in found:
        alone = (shape for shape in shapes if [shape(other) for other in found].count(shape(each)) == 1)
        names[next(alone, shapes[0])(each)] = each
    return names


def list_parts(path: Path) -> list[str]:
    """What can be named with ``file_layer``; empty where there is no choice."""
    with unpacked(path) as found:
        return parts_of(found)


def parts_of(found: list[Path]) -> list[str]:
    """As :func:`list_parts`, of a delivery that is unpacked."""
    if len(found) > 1:
        return [*_part_names(found)]
    ending = found[0].suffix.lower()
    if ending in TEXTS or ending in READERS or ending in TERRAIN or _is_city(found[0]):
        return []
    if ending == ".xlsx":
        from .tables import workbook  # its reader takes 11 MB

        names = workbook.sheets(found[0])
    else:
        names = vector.layers(xml_copy.readable(found[0]) if ending in XML else found[0])
    return names if len(names) > 1 else []


def _is_city(path: Path) -> bool:
    return cityjson.is_cityjson(path) or citygml.is_citygml(path)


def read(path: Path, file_layer: str | None = None, encoding: str | None = None) -> Source:
    """The delivery of a file that was found safe; whatever a reader raises is told as a sentence."""
    with explained(path), warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        source = _read(path, file_layer, encoding)
        service_answers.refuse_page(path, source.count)
    _note_warnings(said, source.notes)
    source.name = path.name
    source.stream = partial(_explained_stream, path, source.stream, source.notes)
    return source


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """A fault of a reader is a file that cannot be read; the log keeps what it was."""
    try:
        yield
    except (ImporterError, DatabaseError, MemoryError):
        raise
    except Exception as problem:
        logger.warning("%s could not be read", path.name, exc_info=True)
        raise ImporterError(
            _("{path} cannot be read: {reason}.").format(path=path.name, reason=vector.first_line(problem))
        ) from problem


def _explained_stream(path: Path, stream: Callable[[], Iterator[Batch]], notes: list[str]) -> Iterator[Batch]:
    """What a reader warns of joins the notes."""
    batches = stream()
    while True:
        with explained(path), warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            batch = next(batches, None)
        _note_warnings(said, notes)
        if batch is None:
            return
        yield batch


def _note_warnings(said: Iterable[warnings.WarningMessage], notes: list[str]) -> None:
    notes += [
        each for each in dict.fromkeys(vector.warned(each.message) for each in said) if each not in notes
    ]


def _read(path: Path, file_layer: str | None, encoding: str | None) -> Source:
    ending = path.suffix.lower()
    if ending in TEXTS:
        return delimited_text.read(path, encoding)
    if ending == ".xlsx":
        from .tables import workbook

        return workbook.read(path, file_layer)
    if ending in READERS:
        return READERS[ending](path)
    if cityjson.is_cityjson(path):
        return cityjson.read(path)
    if citygml.is_citygml(path):
        return citygml.read(path)
    if ending in TERRAIN:
        raise ImporterError(
            _(
                "{path} is a picture; elevation is for the layer terrain, other layers are made of points, lines and areas."
            ).format(path=path.name)
        )
    return THROUGH_GDAL.get(ending, vector.read)(path, file_layer, encoding)
