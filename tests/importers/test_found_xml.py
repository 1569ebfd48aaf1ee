"""KML and GPX: what is written of a row is what is read of it, and a day that no calendar has is told of its row."""

from pathlib import Path
from tempfile import TemporaryDirectory
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.errors import ImporterError
from importers.sources import files
from tests.effort import tries
from tests.importers.making import reasons
from tests.importers.publishing import published

KML = '<?xml version="1.0" encoding="{}"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>'
GPX = '<?xml version="1.0"?><gpx version="1.1" creator="a" xmlns="http://www.topografix.com/GPX/1/1" xmlns:o="http://o">{}</gpx>'
NAMES = st.sampled_from(
    ["Name", "name", "a", "A", "code", "编号", "id", "begin", "timestamp", "x0", "descrip<tion"]
)
VALUES = st.sampled_from(
    ["0301.10", "1E2", "12345678901234567890", "2020-02-30", "+86138", "=1", "true", "甲 & <乙>", "3.10"]
)
SAID = st.lists(st.dictionaries(NAMES, VALUES, max_size=5), min_size=1, max_size=5)
DAYS = st.sampled_from(["2020-02-28", "2020-02-30", "2020-01-05T10:00:00Z", "2021-13-01", ""])


def placemark(number: int, said: dict[str, str], day: str = "") -> str:
    data = "".join(
        f"<Data name={quoteattr(name)}><value>{escape(value)}</value></Data>" for name, value in said.items()
    )
    when = f"<TimeStamp><when>{day}</when></TimeStamp>" if day else ""
    return (
        f"<Placemark><name>n{number}</name>{when}<ExtendedData>{data}</ExtendedData>"
        f"<Point><coordinates>{121.85 + number / 500},29.9</coordinates></Point></Placemark>"
    )


def waypoint(number: int, said: dict[str, str], day: str = "") -> str:
    data = "".join(f"<o:{name}>{escape(value)}</o:{name}>" for name, value in said.items())
    when = f"<time>{day}</time>" if day else ""
    return (
        f'<wpt lat="29.9" lon="{121.85 + number / 500}"><ele>3.5</ele>{when}<name>n{number}</name>'
        f"<extensions>{data}</extensions></wpt>"
    )


def read(path: Path, content: str, encoding: str = "utf-8") -> tuple[list[dict[str, str]], dict[int, str]]:
    path.write_text(content, encoding=encoding)
    found: list[dict[str, str]] = []
    told: dict[int, str] = {}
    with files.open_source(path) as source:
        for batch in source.stream():
            told |= {index: problems[0].wrong for index, problems in batch.faults.items()}
            found += [batch.values(index) for index in range(len(batch))]
    return found, told


@settings(max_examples=tries(200), deadline=None)
@given(SAID, st.data())
def test_placemarks(said: list[dict[str, str]], data: st.DataObject) -> None:
    days = data.draw(st.lists(DAYS, min_size=len(said), max_size=len(said)))
    content = "".join(map(placemark, range(len(said)), said, days))
    with TemporaryDirectory() as folder:
        found, told = read(Path(folder) / "a.kml", KML.format("UTF-8", content))
    assert {*told} == {number for number, day in enumerate(days) if day in {"2020-02-30", "2021-13-01"}}
    for number, (row, values, day) in enumerate(zip(found, said, days, strict=True)):
        assert (row["Name"], row["timestamp"] or "") == (f"n{number}", day)
        kept = {name: row.get(f"ExtendedData {name}", row.get(name)) for name in values}
        assert kept == values


@settings(max_examples=tries(200), deadline=None)
@given(
    st.lists(
        st.dictionaries(st.sampled_from(["Name", "name", "code", "ele", "time"]), VALUES),
        min_size=1,
        max_size=5,
    )
)
def test_waypoints(said: list[dict[str, str]]) -> None:
    with TemporaryDirectory() as folder:
        found, _told = read(
            Path(folder) / "a.gpx", GPX.format("".join(map(waypoint, range(len(said)), said)))
        )
    for number, (row, values) in enumerate(zip(found, said, strict=True)):
        assert (row["name"], str(row["ele"])) == (f"n{number}", "3.5")
        assert {name: row[f"o_{name}"] for name in values} == values


def test_what_the_page_calls_name_and_what_the_placemark_calls_so_are_two_columns(folder: Path) -> None:
    (folder / "a.kml").write_text(
        KML.format(
            "UTF-8",
            placemark(0, {"Name": "x", "code": "0301.10"}, "2020-02-30")
            + placemark(1, {"Name": "y", "code": "0301.20"}, "2020-02-28"),
        ),
    )
    made = published(folder / "a.kml")
    assert [(row["Name"], row["ExtendedData Name"], row["code"]) for row in made.rows] == [
        ("n1", "y", "0301.20")
    ]
    assert reasons(made.report) == {1: "timestamp: “2020-02-30” is no day of the calendar"}
    assert made.kinds["timestamp"] == "date"


def test_typed_fields_of_a_schema_and_years_alone_stay_as_they_are_written(tmp_path: Path) -> None:
    schema = '<Schema id="s" name="s"><SimpleField name="n" type="int"/></Schema>'
    said = '<SchemaData schemaUrl="#s"><SimpleData name="n">123456789012345678</SimpleData></SchemaData>'
    times = "<TimeSpan><begin>2020-01</begin><end>2021</end></TimeSpan>"
    place = "<Point><coordinates>121.85,29.9</coordinates></Point>"
    content = (
        f"{schema}<Placemark><name>a</name>{times}<ExtendedData>{said}</ExtendedData>{place}</Placemark>"
    )
    [row], told = read(tmp_path / "a.kml", KML.format("UTF-8", content))
    assert (row["n"], row["begin"], row["end"], told) == ("123456789012345678", "2020-01", "2021", {})


GML = (
    '<?xml version="1.0" encoding="{}"?><o:c xmlns:o="http://o" xmlns:gml="http://www.opengis.net/gml">'
    "<gml:featureMember><o:f><o:街道>新碶街道办事处</o:街道><o:g><gml:Point><gml:coordinates>121.85,29.9</gml:coordinates>"
    "</gml:Point></o:g></o:f></gml:featureMember></o:c>"
)
PLACEMARK = placemark(0, {"街道": "新碶街道办事处", "说明": "位于北仑区中心，管辖二十三个社区"})


@pytest.mark.parametrize(
    ("name", "content"), [("a.kml", KML.replace("{}</Doc", f"{PLACEMARK}</Doc")), ("a.gml", GML)]
)
@pytest.mark.parametrize(
    ("stated", "encoding"),
    [
        ("GB18030", "gb18030"),
        ("gb2312", "gb18030"),
        ("GBK", "utf-8"),
        ("UTF-8", "gb18030"),
        ("utf-8", "utf-8-sig"),
    ],
)
def test_xml_in_the_encoding_that_its_bytes_are_in(
    name: str, content: str, stated: str, encoding: str, tmp_path: Path
) -> None:
    [row], _told = read(tmp_path / name, content.format(stated), encoding)
    assert row["街道"] == "新碶街道办事处"
    assert files.list_parts(tmp_path / name) == []


def test_kml_that_breaks_off_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(ImporterError, match=r"a\.kml cannot be read"):
        read(tmp_path / "a.kml", KML.format("UTF-8", placemark(0, {}))[:-30])


def test_numbers_and_times_of_gpx_that_are_none_are_told_of_their_row(tmp_path: Path) -> None:
    content = waypoint(0, {}, "2020-02-30T10:00:00Z") + waypoint(1, {}).replace("3.5", "abc")
    _rows, told = read(tmp_path / "a.gpx", GPX.format(content))
    assert told == {
        0: "time: “2020-02-30T10:00:00Z” is no day of the calendar",
        1: "ele: “abc” is no number of its column",
    }


def test_fields_within_fields_of_tracks(tmp_path: Path) -> None:
    point = '<trkpt lat="29.9" lon="{}"><extensions><o:T><o:hr>100</o:hr><o:code>010</o:code></o:T></extensions></trkpt>'
    path = tmp_path / "a.gpx"
    path.write_text(
        GPX.format(f"<trk><name>t</name><trkseg>{point.format(121.85)}{point.format(121.86)}</trkseg></trk>")
    )
    with files.open_source(path, "track_points") as source:
        assert source.sample.columns["o_T_o_code"].to_pylist() == ["010", "010"]
        assert source.sample.columns["o_T_o_hr"].to_pylist() == ["100", "100"]


@pytest.mark.parametrize("wrong", ["121.85,29.9 121.86,abc 121.87,29.9", "121.85,29.9 121.86,NaN"])
def test_coordinates_that_are_no_numbers_are_told_and_not_taken_for_zero(wrong: str, tmp_path: Path) -> None:
    line = f"<Placemark><LineString><coordinates>{wrong}</coordinates></LineString></Placemark>"
    _rows, told = read(tmp_path / "a.kml", KML.format("UTF-8", line + placemark(1, {})))
    assert told == {0: f"position: “{wrong}” is no position"}


@pytest.mark.parametrize("wrong", ['lat="abc"', 'lat=""', ""])
def test_waypoints_and_points_of_tracks_without_latitude_are_told(wrong: str, tmp_path: Path) -> None:
    point = f'<trkpt {wrong} lon="121.85"/>'
    track = f'<trk><trkseg><trkpt lat="29.9" lon="121.85"/>{point}</trkseg></trk>'
    (tmp_path / "a.gpx").write_text(GPX.format(track))
    for part in ("tracks", "track_points"):
        with files.open_source(tmp_path / "a.gpx", part) as source:
            [fault] = [each.wrong for faults in source.sample.faults.values() for each in faults]
            assert fault.startswith("position: “")


@pytest.mark.parametrize("ending", ["kml", "gpx"])
@pytest.mark.parametrize("named", ["utf-16", "UTF-16LE"])
def test_plain_text_that_names_an_encoding_of_wide_letters_is_read_as_it_is(
    ending: str, named: str, tmp_path: Path
) -> None:
    content = KML.format(named, placemark(0, {"a": "1"}))
    if ending == "gpx":
        content = GPX.format(waypoint(0, {"a": "1"})).replace("?>", f' encoding="{named}"?>', 1)
    rows, _told = read(tmp_path / f"a.{ending}", content, "ascii")
    assert [row.get("a", row.get("o_a")) for row in rows] == ["1"]
