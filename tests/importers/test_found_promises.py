"""What a file says of its own rows is compared with what is read of them, and no value is read as another."""

import json
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from importers.errors import ImporterError
from importers.sources import files
from tests.importers.making import reasons
from tests.importers.publishing import published, table

FEATURE = {
    "type": "Feature",
    "properties": {"name": "a"},
    "geometry": {"type": "Point", "coordinates": [121.85, 29.9]},
}
GML = (
    '<o:c xmlns:o="http://o" xmlns:gml="http://www.opengis.net/gml" {}><gml:featureMember><o:f><o:name>a</o:name><o:g>'
    "<gml:Point><gml:coordinates>121.85,29.9</gml:coordinates></gml:Point></o:g></o:f></gml:featureMember></o:c>"
)
DRAWING = (
    "0\nSECTION\n2\nENTITIES\n" + "0\nPOINT\n8\nP\n10\n389000\n20\n3309000\n" * 2 + "0\nENDSEC\n0\nEOF\n"
)
EXCHANGE = (
    'Version 300\nCharset "{}"\nDelimiter ","\nCoordSys Earth Projection 1, 0\nColumns 2\n  名称 Char(20)\n  n Integer\n'
    "Data\n\nPoint 121.85 29.9\nPoint 121.86 29.9\n"
)


def answer(path: Path, features: "list[dict[str, Any]] | None" = None, **said: Any) -> Path:
    path.write_text(
        json.dumps({"type": "FeatureCollection", **said, "features": features or [FEATURE]}), encoding="utf-8"
    )
    return path


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"numberMatched": 1000, "numberReturned": 1}, "1 of 1,000 rows that its service has"),
        ({"totalFeatures": 1000}, "1 of 1,000 rows that its service has"),
        ({"exceededTransferLimit": True}, "says that its service has more"),
        ({"links": [{"rel": "next", "href": "http://example.com/"}]}, "says that its service has more"),
        ({"numberMatched": 1, "numberReturned": 1, "links": [{"rel": "self", "href": "a"}]}, ""),
    ],
)
def test_one_page_of_a_service_is_refused(said: dict[str, Any], sentence: str, tmp_path: Path) -> None:
    path = answer(tmp_path / "a.geojson", **said)
    if sentence:
        with pytest.raises(ImporterError, match=sentence), files.open_source(path):
            pass
    else:
        with files.open_source(path) as source:
            assert source.count == 1


@pytest.mark.parametrize("said", ['numberMatched="1000" numberReturned="1"', 'numberOfFeatures="2"'])
def test_one_page_of_gml_is_refused(said: str, tmp_path: Path) -> None:
    (tmp_path / "a.gml").write_text(GML.format(said))
    with (
        pytest.raises(ImporterError, match=r"1 of (1,000|2) rows that its service has"),
        files.open_source(tmp_path / "a.gml"),
    ):
        pass


def test_a_drawing_without_its_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.dxf").write_text(DRAWING)
    with files.open_source(tmp_path / "a.dxf") as source:
        assert len(source.sample) == 2
    (tmp_path / "a.dxf").write_text(DRAWING[:-60])
    with pytest.raises(ImporterError, match="cut off"), files.open_source(tmp_path / "a.dxf"):
        pass


def exchange(folder: Path, charset: str, *rows: str) -> Path:
    (folder / "a.mif").write_bytes(EXCHANGE.format(charset).encode("gb18030"))
    (folder / "a.mid").write_bytes("".join(f"{row}\n" for row in rows).encode("gb18030"))
    return folder / "a.mif"


def test_numbers_of_mapinfo_are_never_the_nearest_that_fits(tmp_path: Path) -> None:
    path = exchange(tmp_path, "WindowsSimpChinese", '"新碶",99999999999', '"小港",1x')
    with files.open_source(path) as source:
        [batch] = source.stream()
    assert batch.columns["n"].to_pylist() == [99999999999, None]
    assert [fault.wrong for fault in batch.faults[1]] == ["n: “1x” is no number of its column"]


def test_text_of_mapinfo_that_is_said_to_be_latin_is_read_as_what_it_is(tmp_path: Path) -> None:
    rows = ('"新碶街道办事处位于北仑区中心",1', '"小港街道管辖二十三个社区",2')
    with files.open_source(exchange(tmp_path, "WindowsLatin1", *rows)) as source:
        assert source.headings[0] == "名称"
        assert source.sample.columns["名称"].to_pylist() == [
            "新碶街道办事处位于北仑区中心",
            "小港街道管辖二十三个社区",
        ]
        assert "its bytes are gb18030" in source.notes[0]


def test_more_rows_of_values_than_shapes_are_told(tmp_path: Path) -> None:
    path = exchange(tmp_path, "WindowsSimpChinese", '"a",1', '"b",2', '"c",3')
    with files.open_source(path) as source, pytest.raises(ImporterError, match="cut off"):
        list(source.stream())


@pytest.mark.parametrize("text", ["a\0b", "a\ud842b", "\udfb7a"])
def test_texts_of_json_with_what_no_text_holds_are_held(text: str, folder: Path) -> None:
    rows = [{**FEATURE, "properties": {"name": name}} for name in (text, "𠮷野家")]
    made = published(answer(folder / "a.geojson", rows))
    assert made.column("name") == ["𠮷野家"]
    assert reasons(made.report).keys() == {1}


@pytest.mark.parametrize(
    ("feature", "sentence"),
    [
        (
            '{"type":"Feature","properties":{"n":-1e999,"m":"1e999"},"geometry":null}',
            "row 2, n, stands -1e999,",
        ),
        (
            '{"type":"Feature","properties":{"n":{"a":[1,2E+400]}},"geometry":null}',
            r"row 2, n, stands 2E\+400,",
        ),
        (
            '{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[1e999,29.9]}}',
            "row 2, geometry, stands 1e999,",
        ),
    ],
)
@pytest.mark.parametrize("ending", ["geojson", "geojsonl"])
def test_a_number_that_none_can_hold_is_told_with_its_place(
    feature: str, sentence: str, ending: str, tmp_path: Path
) -> None:
    rows, path = [json.dumps(FEATURE), feature], tmp_path / f"a.{ending}"
    whole = f'{{"type":"FeatureCollection","features":[{",".join(rows)}]}}'
    path.write_text(whole if ending == "geojson" else "\n".join(rows))
    with pytest.raises(ImporterError, match=sentence), files.open_source(path):
        pass


def parquet(path: Path, **columns: Any) -> Path:
    frame = geopandas.GeoDataFrame(
        {"name": ["a", "b"]},
        geometry=[shapely.Point(121.85, 29.9), shapely.Point(121.86, 29.9)],
        crs="EPSG:4490",
    )
    frame.to_parquet(path)
    rows = pq.read_table(path)
    for name, column in columns.items():
        rows = rows.append_column(name, column)
    pq.write_table(rows, path)
    return path


@pytest.mark.parametrize("kind", [pa.date32(), pa.timestamp("s"), pa.timestamp("us", tz="UTC")])
def test_days_of_parquet_beyond_the_calendar_are_held(kind: pa.DataType, folder: Path) -> None:
    days = {"D": 4_000_000, "s": 4_000_000 * 86_400, "us": 4_000_000 * 86_400 * 10**6}[
        getattr(kind, "unit", "D") if pa.types.is_timestamp(kind) else "D"
    ]
    made = published(parquet(folder / "a.parquet", day=pa.array([days, 0], kind)))
    assert made.column("name") == ["b"]
    assert "day: “12921-08-18" in reasons(made.report)[1]


def test_short_fractions_are_as_they_are_written(folder: Path) -> None:
    made = published(parquet(folder / "a.parquet", n=pa.array(np.array([0.1, 2.5], "f4"))))
    assert made.column("n") == [0.1, 2.5]


def test_texts_of_parquet_with_an_end_of_text_are_held(folder: Path) -> None:
    made = published(parquet(folder / "a.parquet", note=pa.array(["a\0b", "c"])))
    assert made.column("note") == ["c"]
    assert "holds a character that ends texts" in reasons(made.report)[1]


def test_headings_that_addresses_use_are_columns_as_any(folder: Path, client: Any) -> None:
    published(table(folder / "a.csv", "f", "1", "2"))
    found = client.get("/ogc/collections/found/items?f=json").json()["features"]
    assert sorted(each["properties"]["f_f"] for each in found) == [1, 2]
