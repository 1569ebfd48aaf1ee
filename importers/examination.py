"""What an uploaded file holds, without anything of it being loaded: looked into by a process of its own, within limits."""

from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from importers.errors import ImporterError
from importers.safety.inspection import open_checked
from layers.child_process.answers import declare_fields
from layers.child_process.limits import Limits
from layers.child_process.work import preload, run_limited
from layers.errors import TooCostly
from layers.sentences.sentence import gettext as _

from .examination_answer import Frame, only
from .sources import encoding_doubt, files
from .sources.source import Batch, Source

if TYPE_CHECKING:
    from importers.elevation.geotiff import Raster

LIMITS = Limits(seconds=90, megabytes=1500, written=4096, answer=32)
MOST_SAMPLED = 16 * 1024**2
"""Bytes of the first rows, of which fewer are shown; the headings and the readings come beside them."""

preload("importers.examination_modules")


@dataclass
class Examination:
    """``problem`` is why the rest is missing; ``readings`` are there where the encoding is open."""

    parts: list[str] = field(default_factory=list)
    readings: list[dict[str, object]] = field(default_factory=list)
    source: Source | None = None
    """Which streams its first rows only."""
    raster: "Raster | None" = None
    problem: str = ""


declare_fields(Examination, parts=list, readings=list, source=Source | None, raster=object, problem=str)


def examine(
    path: Path, part: str | None = None, encoding: str | None = None, otherwise: str | None = None
) -> Examination:
    """``otherwise`` is the encoding to be taken where the file leaves it open and nobody has said it."""
    return _examined(path, _rows, part, encoding, otherwise)


def examine_elevation(path: Path, part: str | None, crs: str | None) -> Examination:
    from importers.elevation import geotiff  # noqa: F401  declares what comes back

    return _examined(path, _elevation, part, crs)


def refusal(path: Path) -> str:
    """Why a file cannot be worked with at all, "" where it can."""
    return _examined(path, _parts).problem


def _examined(path: Path, look: Any, *words: str | None) -> Examination:
    try:
        found: Examination = run_limited(LIMITS, look, path, *words)
    except TooCostly:
        return Examination(
            problem=_(
                "{path} takes more time or memory than there is for looking into a file; deliver it in parts."
            ).format(path=path.name)
        )
    return found


def _parts(path: Path) -> Examination:
    try:
        return Examination(files.list_parts(path))
    except ImporterError as problem:
        return Examination(problem=str(problem))


def _rows(path: Path, part: str | None, encoding: str | None, otherwise: str | None) -> Examination:
    found = Examination()
    try:
        with open_checked(path) as delivered:
            found.parts = files.parts_of(delivered)
            chosen, inner = files.choose_file(delivered, part, path)
            if encoding_doubt.is_in_doubt(chosen):
                found.readings = encoding_doubt.readings(chosen, inner)
                encoding = encoding or otherwise
            found.source = _first_rows(files.read(chosen, inner, encoding))
    except ImporterError as problem:
        found.problem = str(problem)
    return found


def _elevation(path: Path, part: str | None, crs: str | None) -> Examination:
    from importers.elevation import geotiff  # with a GDAL of its own, 20 MB

    found = Examination()
    try:
        with open_checked(path) as delivered:
            found.parts = files.parts_of(delivered)
            chosen = files.choose_elevation(delivered, part, path)
            with geotiff.open_raster(chosen, crs) as raster:
                frame = Frame(raster.width, raster.height, raster.file.transform)
                found.raster = replace(raster, file=frame)
    except ImporterError as problem:
        found.problem = str(problem)
    return found


def _first_rows(source: Source) -> Source:
    sample = source.sample
    while len(sample) > 1 and _size(sample) > MOST_SAMPLED:
        sample = sample.slice(0, len(sample) // 2)
    if _size(sample) > MOST_SAMPLED:
        raise ImporterError(_("The first row alone is larger than is taken."))
    sample = _alone(sample)
    return replace(source, stream=partial(only, sample))


def _size(batch: Batch) -> int:
    return sum(int(column.nbytes) for column in _arrays(batch))


def _arrays(batch: Batch) -> list[pa.Array]:
    return [*batch.columns.values(), *([] if batch.shapes is None else [batch.shapes])]


def _alone(batch: Batch) -> Batch:
    """Without the rows beside it in memory."""
    every = pa.array(range(len(batch)))
    return replace(
        batch,
        columns={heading: column.take(every) for heading, column in batch.columns.items()},
        shapes=None if batch.shapes is None else batch.shapes.take(every),
    )
