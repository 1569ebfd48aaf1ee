"""Files land where they belong or are refused in one sentence; no row disappears."""

from pathlib import Path

import geopandas
import pandas as pd
import pytest
import shapely
from django.core.management import CommandError, call_command

from importers.encoding import compare_file, detect_file
from importers.errors import ImporterError
from importers.models import Import
from importers.options import ImportOptions
from importers.pipeline.import_run import import_file
from importers.sources import files
from layers.base.models import Building, PointOfInterest
from layers.coordinates import wgs84_to_gcj02
from layers.foodsafety.models import Inspection, Premises
from tests.importers.making import layer, load, reasons
from tests.offsets import wgs84_to_bd09

pytestmark = pytest.mark.django_db


def houses(path: Path, crs: str | None = "EPSG:4326", **columns: object) -> Path:
    frame = geopandas.GeoDataFrame(
        {"id": ["a", "b"], "层数": [3, 6], **columns},
        geometry=[shapely.box(121.84, 29.90, 121.841, 29.901), shapely.box(121.842, 29.90, 121.843, 29.901)],
        crs="EPSG:4326",
    )
    if crs and crs != "EPSG:4326":
        frame = frame.to_crs(crs)
    if crs is None:
        frame = frame.set_crs(None, allow_override=True)
    frame.to_file(path, driver="GPKG")
    return path


@pytest.mark.parametrize(
    "crs", ["EPSG:4326", "EPSG:4490", "EPSG:4550", "EPSG:4549", "EPSG:3857", "EPSG:4529"]
)
def test_a_file_in_any_system_lands_at_the_same_place(crs: str, tmp_path: Path) -> None:
    report = import_file(houses(tmp_path / "h.gpkg", crs), layer("buildings"), ImportOptions())
    assert report.counts() == {
        "read": 2,
        "added": 2,
        "updated": 0,
        "unchanged": 0,
        "held": 0,
        "repaired": 0,
        "without_position": 0,
        "absent": 0,
        "removed": 0,
    }
    found = Building.objects.get(external_id="a")
    assert found.geom.extent == pytest.approx((121.84, 29.90, 121.841, 29.901), abs=1e-7)
    assert (found.storeys, found.height) == (3, 9.0)
    assert "storeys" in found.height_source


def test_a_file_without_a_system_is_refused_and_the_operator_s_word_taken(tmp_path: Path) -> None:
    path = houses(tmp_path / "h.gpkg", None)
    with pytest.raises(ImporterError, match="“Reference system”"):
        import_file(path, layer("buildings"), ImportOptions())
    assert import_file(path, layer("buildings"), ImportOptions(source_crs="EPSG:4490")).counts()["added"] == 2


@pytest.mark.parametrize("crs", ["EPSG:4214", "EPSG:4610"])
def test_a_shift_that_would_be_a_guess_is_refused(crs: str, tmp_path: Path) -> None:
    with pytest.raises(ImporterError, match="zero-shift guess"):
        import_file(houses(tmp_path / "h.gpkg", None), layer("buildings"), ImportOptions(source_crs=crs))


@pytest.mark.parametrize(("name", "shift"), [("gcj02", wgs84_to_gcj02), ("bd09", wgs84_to_bd09)])
def test_offset_coordinates_are_taken_back_and_the_origin_is_recorded(
    name: str, shift: object, tmp_path: Path
) -> None:
    lon, lat = shift(121.84, 29.9)  # type: ignore[operator]
    path = tmp_path / "p.csv"
    path.write_text(f"名称,类别,经度,纬度\n新碶药店,药店,{lon},{lat}\n", encoding="gb18030")
    import_file(path, layer("pois"), ImportOptions(source_crs=name, encoding="gb18030"))
    found = PointOfInterest.objects.get()
    assert found.geom is not None
    assert found.geom.coords == pytest.approx((121.84, 29.9), abs=5e-9)
    assert name in found.source
    assert "xinqi" in found.search_text


def test_bad_rows_are_listed_and_the_others_loaded(tmp_path: Path) -> None:
    path = tmp_path / "h.gpkg"
    bow_tie = shapely.Polygon([(121.84, 29.9), (121.85, 29.91), (121.85, 29.9), (121.84, 29.91)])
    shapes = [
        bow_tie,
        shapely.Point(121.84, 29.9),
        None,
        shapely.box(121.84, 29.9, 121.85, 29.91),
        shapely.box(200, 29, 201, 30),
    ]
    frame = geopandas.GeoDataFrame(
        {"id": list("abcde"), "height": ["9", "9", "9", "tall", "9"]}, geometry=shapes, crs=4326
    )
    frame.to_file(path, driver="GPKG")
    report = load(path)
    assert (report.counts()["added"], report.counts()["held"], report.counts()["repaired"]) == (1, 4, 1)
    wrong = reasons(report)
    assert set(wrong) == {2, 3, 4, 5}
    assert "no length" in wrong[4]
    assert "outside the world" in wrong[5]
    assert Import.objects.get().counts == report.counts()


def test_of_a_gpx_that_holds_one_kind_of_thing_nobody_asks_which(tmp_path: Path) -> None:
    waypoint = '<wpt lat="29.9" lon="121.84"><name>大碶书店</name><type>书店</type></wpt>'
    track = '<trk><trkseg><trkpt lat="29.9" lon="121.84"/><trkpt lat="29.9" lon="121.85"/></trkseg></trk>'

    def gpx(content: str) -> Path:
        path = tmp_path / "walk.gpx"
        path.write_text(
            f'<gpx version="1.1" creator="a" xmlns="http://www.topografix.com/GPX/1/1">{content}</gpx>'
        )
        return path

    assert files.list_parts(gpx(waypoint + track)) == ["waypoints", "tracks", "track_points"]
    with pytest.raises(ImporterError, match="waypoints, tracks, track_points"):
        import_file(gpx(waypoint + track), layer("pois"), ImportOptions())
    assert files.list_parts(gpx(waypoint)) == []
    report = import_file(gpx(waypoint), layer("pois"), ImportOptions(headings={"category": "type"}))
    assert report.counts()["added"] == 1, reasons(report)
    assert PointOfInterest.objects.get().name == "大碶书店"


def test_children_find_their_parents_by_key(tmp_path: Path) -> None:
    premises, visits = tmp_path / "p.csv", tmp_path / "v.csv"
    premises.write_text("business_id,name,latitude,longitude\n1,One,29.9,121.84\n2,Two,,\n")
    visits.write_text(
        "business_id,score,date,type\n1,94,20171211,routine\n2,60,20180101,complaint\n9,80,20180101,routine\n"
    )
    assert (
        import_file(premises, layer("food-premises"), ImportOptions(source_crs="EPSG:4490")).counts()["added"]
        == 2
    )
    report = load(visits, "food-inspections")
    assert (report.counts()["added"], report.counts()["held"]) == (2, 1)
    assert Premises.objects.get(establishment_id="2").geom is None
    assert Inspection.objects.get(premises__establishment_id="2").result == "not"


def test_every_misuse_of_the_command_gets_a_sentence(tmp_path: Path) -> None:
    good = houses(tmp_path / "h.gpkg")
    empty = tmp_path / "empty.csv"
    empty.touch()
    nonsense = tmp_path / "x.gpkg"
    nonsense.write_bytes(b"not a database")
    for arguments in (
        [str(good), "--layer", "nothing"],
        [str(tmp_path / "absent.gpkg"), "--layer", "buildings"],
        ["/vsicurl/http://localhost/x.gpkg", "--layer", "buildings"],
        [str(empty), "--layer", "pois"],
        [str(nonsense), "--layer", "buildings"],
        [str(good), "--layer", "buildings", "--file-layer", "absent"],
        [str(good), "--layer", "buildings", "--source-crs", "EPSG:0"],
        [str(good), "--layer", "buildings", "--map", "height=absent"],
        [str(good), "--layer", "buildings", "--map", "height"],
        [str(good), "--layer", "buildings", "--set", "colour=red"],
        [str(good), "--layer", "grid"],
    ):
        with pytest.raises(CommandError) as refused:
            call_command("import_layer", *arguments)
        assert len(str(refused.value)) > 15
    assert not Building.objects.exists()


def test_chinese_tables_are_read_whatever_their_encoding(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "名称": ["大碶书店"] * 12,
            "类别": ["书店"] * 12,
            "经度": [121.8 + n / 1000 for n in range(12)],
            "纬度": [29.9] * 12,
        }
    )
    for encoding in ("utf-8", "utf-8-sig", "gb18030"):
        path = tmp_path / f"{encoding}.csv"
        frame.to_csv(path, index=False, encoding=encoding)
        assert import_file(path, layer("pois"), ImportOptions(source_crs="EPSG:4326")).counts()["added"] == 12
    assert set(PointOfInterest.objects.values_list("name", flat=True)) == {"大碶书店"}


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        (
            "big5",
            "名稱,類別,地址\n臺北市立圖書館,圖書館,建國南路二段125號\n國父紀念館,展覽館,仁愛路四段505號\n",
        ),
        ("gb18030", "名称,类别,地址\n新碶街道图书馆,图书馆,泰山路12号\n大碶文化站,文化站,人民路5号\n"),
        ("utf-8", "名称,类别\n新碶街道图书馆,图书馆\n"),
        ("latin-1", "name,kind\nCafé Zürich,café\n"),
    ],
)
def test_encodings_that_nobody_names_are_found_out(encoding: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding))
    assert detect_file(path) == encoding


@pytest.mark.parametrize(("encoding", "beyond"), [("gb18030", "utf-8"), ("utf-8", "gb18030")])
def test_of_a_line_without_end_the_beginning_tells_the_encoding(
    encoding: str, beyond: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("<n>新碶街道图书馆</n>".encode(encoding) * 120_000 + "图书馆".encode(beyond) * 600_000)
    assert detect_file(path) == encoding
    assert compare_file(path, "utf-8") == encoding


def test_a_line_that_is_no_json_is_told_with_its_number_and_the_name_of_its_file(tmp_path: Path) -> None:
    feature = '{"type":"Feature","properties":{"name":"a"},"geometry":{"type":"Point","coordinates":[121.85,29.9%s}}'
    path = tmp_path / "a.ndjson"
    path.write_text(f"{feature % ']'}\n{feature % ''}\n")
    with pytest.raises(ImporterError, match=r"a\.ndjson: line 2 is no JSON"), files.open_source(path):
        pass


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('[{"名称": "新碶", "lon": 121.85, "lat": 29.9}]'.encode(), "is JSON, but no GeoJSON; export it as"),
        (
            '{"type":"FeatureCollection","features":[{"properties":{"名称":"碶"}}]}'.encode("gb18030"),
            "save it as UTF-8",
        ),
    ],
)
def test_json_of_another_kind_is_told_what_to_do(content: bytes, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(content)
    with pytest.raises(ImporterError, match=sentence), files.open_source(tmp_path / "a.json"):
        pass


def test_drawings_that_do_not_say_their_code_page_are_looked_at(tmp_path: Path) -> None:
    text = "0\nSECTION\n2\nENTITIES\n"
    for number, name in enumerate(("道路中心线", "地块界线", "建筑物轮廓", "注记文字")):
        text += f"0\nPOINT\n8\n{name}\n10\n{389000 + number}\n20\n3309000\n"
    (tmp_path / "a.dxf").write_bytes(f"{text}0\nENDSEC\n0\nEOF\n".encode("gb18030"))
    with files.open_source(tmp_path / "a.dxf") as source:
        assert source.sample.columns["Layer"].to_pylist()[:2] == ["道路中心线", "地块界线"]
        assert "text read as gb18030" in source.notes
