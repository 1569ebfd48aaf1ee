"""Elevation from a GeoTIFF: heights as the file has them, each mistake in a sentence, all or nothing."""

import json
import shutil
import tracemalloc
from pathlib import Path

import numpy as np
import pyproj
import pytest
import rasterio
from django.core.management import CommandError, call_command
from rasterio.control import GroundControlPoint
from rasterio.transform import Affine, from_origin

from importers.errors import ImporterError
from importers.history.report import ImportReport
from importers.layer_import import undo_import
from importers.models import Import, State
from layers.registry.audience import PUBLIC_VIEWER
from layers.terrain.elevation import Spot, ground
from layers.terrain.models import HeightTile, Terrain
from tests.district import SmallDistrict
from tests.importers.making import layer, package
from tests.importers.making import load as load_rows
from tests.importers.rasters import NORTH, SIDE, STEP, WEST, geotiff, heights_of, load, slope

pytestmark = pytest.mark.django_db
LON, LAT = 121.8403, 29.9004


def spot(lon: float = LON, lat: float = LAT) -> Spot | None:
    with ground(layer("terrain"), PUBLIC_VIEWER) as known:
        return known.spot(lon, lat)


def height(lon: float = LON, lat: float = LAT) -> float:
    found = spot(lon, lat)
    assert found is not None
    return found.height


def record_of(report: ImportReport) -> Import:
    assert report.import_id
    return Import.objects.get(pk=report.import_id)


def expected(lon: float = LON, lat: float = LAT) -> float:
    return float(slope(np.array(lon), np.array(lat)))


def test_heights_are_those_of_the_file_at_any_spot(tmp_path: Path) -> None:
    report = load(geotiff(tmp_path / "dtm.tif"), source="survey")
    assert report.counts()["added"] == report.read > 0
    for lon, lat in ((LON, LAT), (WEST + 0.003, NORTH - 0.003), (WEST + 0.0371, NORTH - 0.0211)):
        assert height(lon, lat) == pytest.approx(expected(lon, lat), abs=0.05)
    assert spot(WEST - 0.001, LAT) is None
    model = Terrain.objects.get()
    assert (model.lowest, model.highest) == pytest.approx((10, 130), abs=0.6)
    assert model.resolution == pytest.approx(19.3, abs=0.3)


@pytest.mark.parametrize("crs", ["EPSG:4550", "EPSG:32651", "EPSG:3857"])
def test_a_projected_file_gives_the_same_heights(tmp_path: Path, crs: str) -> None:
    way = pyproj.Transformer.from_crs(4326, crs, always_xy=True)
    west, south, east, north = way.transform_bounds(WEST, NORTH - SIDE * STEP, WEST + SIDE * STEP, NORTH)
    middles_x, middles_y = np.arange(west + 5, east, 10), np.arange(north - 5, south, -10)
    across, along = np.meshgrid(middles_x, middles_y)
    lon, lat = way.transform(across, along, direction="INVERSE")
    path = geotiff(
        tmp_path / "p.tif", slope(lon, lat).astype(np.float32), crs, from_origin(west, north, 10, 10)
    )
    load(path)
    assert height() == pytest.approx(expected(), abs=0.05)


def test_a_turned_grid_lies_where_it_says(tmp_path: Path) -> None:
    turned = Affine.translation(WEST + 0.02, NORTH) @ Affine.rotation(-40) @ Affine.scale(STEP, -STEP)
    columns, rows = np.meshgrid(np.arange(SIDE) + 0.5, np.arange(SIDE) + 0.5)
    lon, lat = turned @ (columns, rows)
    load(geotiff(tmp_path / "t.tif", slope(lon, lat).astype(np.float32), transform=turned))
    found = spot()
    assert found
    assert found.height == pytest.approx(expected(), abs=0.05)


def test_offset_positions_are_taken_back(tmp_path: Path) -> None:
    from layers.coordinates import wgs84_to_gcj02

    load(geotiff(tmp_path / "g.tif", crs=None), source_crs="gcj02")
    shifted = wgs84_to_gcj02(LON, LAT)
    assert height() == pytest.approx(expected(*shifted), abs=0.05)
    assert Terrain.objects.get().source == "g.tif (gcj02)"


def test_no_data_is_no_height_and_does_not_colour_its_neighbours(tmp_path: Path) -> None:
    heights = heights_of()
    heights[80:120, 80:120] = -9999
    load(geotiff(tmp_path / "n.tif", heights, nodata=-9999))
    assert spot(WEST + 100 * STEP, NORTH - 100 * STEP) is None
    beside = (WEST + 78.5 * STEP, NORTH - 100 * STEP)
    assert height(*beside) == pytest.approx(expected(*beside), abs=0.05)
    assert Terrain.objects.get().lowest >= 10


def test_a_file_much_finer_than_the_map_gives_means(tmp_path: Path) -> None:
    rough = np.where(np.indices((2000, 2000)).sum(axis=0) % 2, 90.0, 110.0).astype(np.float32)
    load(geotiff(tmp_path / "f.tif", rough, transform=from_origin(WEST, NORTH, 0.000002, 0.000002)))
    assert height(WEST + 0.002, NORTH - 0.002) == pytest.approx(100, abs=0.5)
    assert Terrain.objects.get().zoom == 16


@pytest.mark.parametrize(("unit", "metre"), [("m", 1), ("ft", 0.3048), ("US survey foot", 1200 / 3937)])
def test_heights_are_metres_whatever_the_unit_of_the_file(tmp_path: Path, unit: str, metre: float) -> None:
    load(geotiff(tmp_path / "u.tif", unit=unit))
    assert height() == pytest.approx(expected() * metre, abs=0.05)


def test_scale_and_offset_of_the_file_count(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "s.tif", np.full((SIDE, SIDE), 500, np.int16))
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (0.1,), (7.0,)
    load(path)
    assert height() == pytest.approx(57, abs=0.01)


def test_the_vertical_datum_is_what_the_file_says_or_unknown(tmp_path: Path) -> None:
    said = load(geotiff(tmp_path / "a.tif", crs="EPSG:4326+5773"), source="a")
    assert Terrain.objects.get().vertical_datum == "EGM96 height"
    assert "heights above: EGM96 height" in said.notes
    unsaid = load(geotiff(tmp_path / "b.tif"), source="b")
    assert Terrain.objects.get(source="b").vertical_datum == ""
    assert "the file does not say above which datum its heights are" in unsaid.notes


def test_the_same_file_twice_changes_nothing_and_a_newer_one_replaces(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "d.tif")
    load(path, source="survey")
    again = load(path, source="survey")
    assert again.counts()["unchanged"] == again.read > 0
    assert Terrain.objects.count() == 1
    newer = load(geotiff(tmp_path / "e.tif", heights_of() + 5), source="survey")
    assert newer.counts()["updated"] == newer.read
    assert height() == pytest.approx(expected() + 5, abs=0.05)
    load(geotiff(tmp_path / "f.tif", heights_of() + 9), source="survey")
    assert Terrain.objects.count() == 2  # what the last one replaced is kept, for undoing


def test_a_sheet_of_the_same_source_lies_over_the_older_one(tmp_path: Path) -> None:
    load(geotiff(tmp_path / "d.tif"), source="survey")
    sheet = geotiff(
        tmp_path / "sheet.tif",
        np.full((60, 60), 300, np.float32),
        transform=from_origin(LON - 30 * STEP, LAT + 30 * STEP, STEP, STEP),
    )
    load(sheet, source="survey")
    assert height() == pytest.approx(300)
    assert height(WEST + 0.003, LAT) == pytest.approx(expected(WEST + 0.003, LAT), abs=0.05)


def test_undo_brings_the_older_heights_back_and_not_twice(tmp_path: Path) -> None:
    first = load(geotiff(tmp_path / "d.tif"), source="survey")
    second = load(geotiff(tmp_path / "e.tif", heights_of() + 5), source="survey")
    with pytest.raises(ImporterError, match="undo that one first"):
        undo_import(record_of(first), layer("terrain"))
    undo_import(record_of(second), layer("terrain"))
    assert height() == pytest.approx(expected(), abs=0.05)
    undo_import(record_of(first), layer("terrain"))
    assert spot() is None
    assert not HeightTile.objects.exists()
    with pytest.raises(ImporterError, match="Only an import that was loaded"):
        undo_import(record_of(first), layer("terrain"))


def test_a_dry_run_leaves_only_its_record(tmp_path: Path) -> None:
    report = load(geotiff(tmp_path / "d.tif"), dry_run=True)
    assert report.counts()["added"] > 0
    assert not Terrain.objects.exists()
    assert Import.objects.get().state == State.TRIED


def test_an_import_is_recorded_with_its_outcome(tmp_path: Path) -> None:
    report = load(geotiff(tmp_path / "d.tif"), source="survey")
    kept = Import.objects.get()
    assert (kept.layer, kept.file_name, kept.source, len(kept.sha256)) == (
        "terrain",
        "d.tif",
        "survey",
        64,
    )
    assert kept.counts == report.counts()
    assert kept.state == State.LOADED
    assert kept.report["bounds"] == pytest.approx([WEST, NORTH - SIDE * STEP, WEST + SIDE * STEP, NORTH])


def test_only_what_lies_around_the_district_is_taken(district: SmallDistrict, tmp_path: Path) -> None:
    wide = geotiff(
        tmp_path / "wide.tif",
        np.full((1200, 1200), 50, np.int16),
        transform=from_origin(121.0, 30.6, 0.001, 0.001),
    )
    report = load(wide, source="wide")
    assert "only what lies around the district is taken" in " ".join(report.notes)
    assert height() == pytest.approx(50)
    assert spot(121.1, 30.5) is None
    load(wide, source="all", anywhere=True)
    assert height(121.1, 30.5) == pytest.approx(50)


def test_a_file_elsewhere_is_refused_and_taken_when_asked(district: SmallDistrict, tmp_path: Path) -> None:
    far = geotiff(tmp_path / "far.tif", transform=from_origin(116.3, 39.9, STEP, STEP))
    with pytest.raises(
        ImporterError,
        match=r"far.tif lies 1,\d\d\d km north-west of the district; “Take rows outside the district too”",
    ):
        load(far)
    assert Import.objects.get().state == State.FAILED
    load(far, anywhere=True)
    assert height(116.31, 39.89) > 0


def test_the_real_model_of_a_british_valley(real_data: Path, district: SmallDistrict) -> None:
    path = real_data / "qgis_3d_dtm.tif"
    with pytest.raises(ImporterError, match="km west of the district"):
        load(path)
    load(path, anywhere=True)
    with rasterio.open(path) as file:
        values = file.read(1)
        way = pyproj.Transformer.from_crs(27700, 4326, always_xy=True)
        for row, column in ((450, 450), (100, 820), (777, 33)):
            lon, lat = way.transform(*file.xy(row, column))
            around = values[row - 3 : row + 4, column - 3 : column + 4]
            assert around.min() - 0.5 <= height(lon, lat) <= around.max() + 0.5
    model = Terrain.objects.get()
    assert (model.delivered_crs, model.vertical_datum) == ("EPSG:27700", "")
    assert (model.lowest, model.highest) == pytest.approx((44, 197), abs=0.01)


def refusals(folder: Path) -> dict[str, tuple[Path, str]]:
    """Name → file and a part of the sentence."""
    picture = np.zeros((3, 9, 9), np.uint8)
    controlled = folder / "points.tif"
    corners = [(0, 0), (0, 9), (9, 0), (9, 9)]
    points = [GroundControlPoint(row=r, col=c, x=121.8 + c, y=29.9 - r) for r, c in corners]
    with rasterio.open(
        controlled,
        "w",
        driver="GTiff",
        count=1,
        width=9,
        height=9,
        dtype="int16",
        gcps=points,
        crs="EPSG:4326",
    ) as file:
        file.write(np.zeros((1, 9, 9), np.int16))
    paletted = geotiff(folder / "palette.tif", np.zeros((9, 9), np.uint8))
    with rasterio.open(paletted, "r+") as file:
        file.write_colormap(1, {0: (1, 2, 3, 255)})
    return {
        "colours": (geotiff(folder / "rgb.tif", picture, photometric="RGB"), "is a picture"),
        "two bands": (geotiff(folder / "two.tif", np.zeros((2, 9, 9), np.float32)), "one band of heights"),
        "palette": (paletted, "is a picture"),
        "complex": (geotiff(folder / "c.tif", np.zeros((9, 9), np.complex64)), "no plain number"),
        "no system": (geotiff(folder / "nocrs.tif", crs=None), "does not say its reference system"),
        "no position": (
            geotiff(folder / "nowhere.tif", transform=Affine.identity()),
            "does not say where it lies",
        ),
        "control points": (controlled, "does not say where it lies"),
        "odd unit": (geotiff(folder / "unit.tif", unit="degrees Celsius"), "no length that is known"),
        "no-data unsaid": (
            geotiff(folder / "missing.tif", np.where(heights_of() > 100, -9999, heights_of())),
            "say so in the file",
        ),
        "nothing known": (
            geotiff(folder / "empty.tif", np.full((9, 9), -1, np.int16), nodata=-1),
            "has no heights",
        ),
        "absurd size": (
            geotiff(
                folder / "huge.tif",
                np.zeros((1, 1), np.float32),
                width=200_000,
                height=200_000,
                tiled=True,
                blockxsize=1024,
                blockysize=1024,
                sparse_ok=True,
                bigtiff="yes",
                compress="deflate",
            ),
            "deliver it in sheets",
        ),
        "a local system": (
            geotiff(folder / "local.tif", crs='LOCAL_CS["site",UNIT["metre",1]]'),
            "local system",
        ),
        "a datum nobody can shift": (
            geotiff(folder / "old.tif", crs="EPSG:2415", transform=from_origin(41_000_000, 3_310_000, 9, 9)),
            "zero-shift guess",
        ),
    }


NAMES = (
    "colours", "two bands", "palette", "complex", "no system", "no position", "control points", "odd unit",
    "no-data unsaid", "nothing known", "absurd size", "a local system", "a datum nobody can shift",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_elevation_is_refused_in_a_sentence(tmp_path: Path, name: str) -> None:
    path, sentence = refusals(tmp_path)[name]
    with pytest.raises(ImporterError, match=sentence):
        load(path)
    assert not Terrain.objects.exists()
    assert not HeightTile.objects.exists()
    assert Import.objects.get().state == State.FAILED


@pytest.mark.parametrize(
    "content",
    [
        b"<VRTDataset rasterXSize='9'/>",
        b"II*\0" + b"\xff" * 90,
        b"II*\0",
        b"%PDF-1.4",
        b"II+\0\x08\0\0\0" + b"\x10" * 99,
    ],
)
def test_what_only_ends_like_a_tiff_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.tif"
    path.write_bytes(content)
    with pytest.raises(ImporterError):
        load(path)


def test_a_file_that_is_cut_off_is_refused_and_nothing_stays(tmp_path: Path) -> None:
    whole = geotiff(tmp_path / "whole.tif", compress="deflate")
    cut = tmp_path / "cut.tif"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(ImporterError, match="damaged"):
        load(cut)
    assert not Terrain.objects.exists()


def test_files_beside_it_are_not_looked_at(tmp_path: Path) -> None:
    path = geotiff(tmp_path / "d.tif", crs=None)
    (tmp_path / "d.tif.aux.xml").write_text("<PAMDataset><SRS>EPSG:4490</SRS></PAMDataset>")
    with pytest.raises(ImporterError, match="does not say its reference system"):
        load(path)


def test_elevation_in_an_archive_is_taken(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    geotiff(folder / "d.tif")
    shutil.make_archive(str(tmp_path / "sent"), "zip", folder)
    load(tmp_path / "sent.zip")
    assert height() == pytest.approx(expected(), abs=0.05)


def test_rows_and_heights_keep_to_their_own_layers(tmp_path: Path) -> None:
    with pytest.raises(ImporterError, match="elevation is for the layer terrain"):
        load_rows(geotiff(tmp_path / "d.tif"))
    with pytest.raises(ImporterError, match=r"the layer takes GeoTIFF"):
        load(package(tmp_path / "h.gpkg"))


def test_memory_stays_flat_whatever_the_size(tmp_path: Path) -> None:
    path = geotiff(
        tmp_path / "big.tif",
        np.zeros((1, 1), np.int16),
        width=4_000,
        height=4_000,
        tiled=True,
        sparse_ok=True,
        transform=from_origin(WEST, NORTH, 0.00002, 0.00002),
    )
    tracemalloc.start()
    load(path, anywhere=True)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 40_000_000


def test_the_command_tells_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = geotiff(tmp_path / "dtm.tif", crs=None)
    with pytest.raises(CommandError, match="--source-crs"):
        call_command("import_layer", str(path), "--layer", "terrain")
    options = ["--layer", "terrain", "--source-crs", "EPSG:4490", "--json", str(tmp_path / "r.json")]
    call_command("import_layer", str(path), *options, "--dry-run")
    assert "Dry run: everything was taken back." in capsys.readouterr().out
    call_command("import_layer", str(path), *options)
    said = capsys.readouterr().out
    assert "a pixel is 19" in said
    assert "datum" in said
    assert json.loads((tmp_path / "r.json").read_text())["counts"]["added"] > 0
