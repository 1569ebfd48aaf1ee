"""Files that break off anywhere are read whole, or refused in a sentence; rows are never missing unsaid."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.errors import ImporterError
from importers.sources import files
from tests.effort import tries

COUNT = 12
NAMES = [f"新碶{number}" for number in range(COUNT)]
FRAME = geopandas.GeoDataFrame(
    {"name": NAMES}, geometry=[shapely.Point(121.85 + n / 500, 29.9) for n in range(COUNT)], crs="EPSG:4490"
)


def through_gdal(driver: str, **options: str) -> Callable[[Path], None]:
    return lambda path: FRAME.to_file(path, driver=driver, **options)


def table(path: Path) -> None:
    rows = "".join(f'"{name}",121.85,29.9\n' for name in NAMES)
    path.write_text(f"name,lon,lat\n{rows}", encoding="utf-8")


def zipped_shapefile(path: Path) -> None:
    FRAME.to_file(path.with_suffix(".shp"), encoding="utf-8")
    with zipfile.ZipFile(path, "w") as archive:
        for each in sorted(path.parent.glob(f"{path.stem}.*")):
            if each != path:
                archive.write(each, each.name)


def lines(path: Path) -> None:
    path.write_text("".join(f"{json.dumps(each)}\n" for each in json.loads(FRAME.to_json())["features"]))


FILES: dict[str, Callable[[Path], None]] = {
    ".csv": table,
    ".geojson": through_gdal("GeoJSON"),
    ".ndjson": lines,
    ".gpkg": through_gdal("GPKG"),
    ".fgb": through_gdal("FlatGeobuf", SPATIAL_INDEX="NO"),
    ".gml": through_gdal("GML"),
    ".kml": through_gdal("LIBKML"),
    ".gpx": through_gdal("GPX"),
    ".mif": through_gdal("MapInfo File"),
    ".parquet": lambda path: FRAME.to_parquet(path),
    ".zip": zipped_shapefile,
}
LINES = {".csv", ".ndjson", ".mif"}
"""Which may end at the end of any row."""


def read(path: Path) -> tuple[list[str], bool]:
    """The names that are read, and whether a row is told."""
    with files.open_source(path) as source:
        column = next((each for each in source.headings if each.lower() == "name"), source.headings[0])
        batches = list(source.stream())
    told = any(batch.faults for batch in batches)
    return [str(name) for batch in batches for name in batch.columns[column].to_pylist()], told


@pytest.mark.parametrize("ending", FILES)
@settings(max_examples=tries(120), deadline=None)
@given(st.floats(0, 1))
def test_where_a_file_breaks_off(ending: str, share: float) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"a{ending}"
        FILES[ending](path)
        content = path.read_bytes()
        assert read(path)[0] == NAMES
        path.write_bytes(content[: int(share * (len(content) - 1))])
        try:
            found, told = read(path)
        except ImporterError:
            return
    if ending not in LINES:
        assert found == NAMES
    elif not told:
        assert found == NAMES[: len(found)]
