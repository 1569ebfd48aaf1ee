"""The noted rows of an import as files: a table for the office, a GeoPackage for those who draw."""

import csv
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pyogrio.raw
from django.utils.translation import get_language, override

from importers.models import Import, RowIssue
from layers.coordinates import STORE_SRID
from layers.registry.declaration.values import harmless

from .row_ranges import parse_ranges

COLUMNS = ("row", "label", "loaded", "field", "value", "wrong", "done")
BYTE_ORDER_MARK = "\ufeff"


def as_csv(imported: Import) -> Iterator[str]:
    """One line a problem, then the values as delivered; opens in Excel with Chinese intact. In the language of whoever
    asks, though it is read later."""
    return _in_language(_lines(imported), get_language())


def _in_language(lines: Iterator[str], language: str | None) -> Iterator[str]:
    while True:
        with override(language):
            line = next(lines, "")
        if not line:
            return
        yield line


def _lines(imported: Import) -> Iterator[str]:
    headings = _headings(imported)
    yield BYTE_ORDER_MARK + _line([*COLUMNS, *headings])
    for row in imported.rows.iterator():
        for problem in row.problems:
            cells = [row.row, row.label, "no" if row.is_held else "yes"]
            cells += [problem.get(name, "") for name in ("field", "value", "wrong", "done")]
            yield _line([*cells, *(row.values.get(heading) for heading in headings)])
    for group in imported.row_groups.iterator():
        for number in parse_ranges(group.rows):
            yield _line([number, "", "yes", "geometry", "", group.wrong, group.done])


def as_geopackage(imported: Import) -> bytes:
    """The noted rows with their place, None where they have none, in CGCS2000."""
    rows = list(imported.rows.all())
    columns = {
        "row": np.array([row.row for row in rows], np.int64),
        "label": _texts(row.label for row in rows),
        "loaded": np.array([not row.is_held for row in rows], bool),
        "wrong": _texts("; ".join(problem["wrong"] for problem in row.problems) for row in rows),
        "done": _texts(
            "; ".join(filter(None, (problem["done"] for problem in row.problems))) for row in rows
        ),
    }
    places = np.array([bytes(row.place.wkb) if row.place else None for row in rows], object)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "report.gpkg"
        pyogrio.raw.write(
            path,
            places,
            list(columns.values()),
            list(columns),
            geometry_type="Unknown",
            crs=f"EPSG:{STORE_SRID}",
            driver="GPKG",
            layer="noted",
        )
        return path.read_bytes()


def _texts(values: Iterable[str]) -> npt.NDArray[np.object_]:
    return np.array(list(values), object)


def _headings(imported: Import) -> list[str]:
    found: dict[str, None] = {}
    for values in RowIssue.objects.filter(imported=imported).values_list("values", flat=True).iterator():
        found |= dict.fromkeys(values)
    return list(found)


def _line(cells: list[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow([harmless(cell) for cell in cells])
    return text.getvalue()
