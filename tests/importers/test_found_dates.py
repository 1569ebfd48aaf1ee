"""Dates are what import reads as dates; a year of none and an order of none are told."""

from datetime import date, datetime
from pathlib import Path

import geopandas
import pandas
import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from importers.crs import position_columns
from importers.errors import ImporterError
from importers.schema.inference import _text_type, infer_schema
from importers.sources import files
from layers.foodsafety.models import Inspection
from layers.registry.declaration.values import date_or_time, day, day_before_month, moment
from tests.importers.making import HOUSE, NEIGHBOUR, load, reasons
from tests.importers.publishing import published, table


@pytest.mark.parametrize(
    ("name", "heading", "cells"),
    [
        ("dates-case-number.csv", "case_no", ["2023-0123", "2023-0124", "2023-0125"]),
        ("dates-year-month.csv", "month", ["2020-12", "2021-01", "2021-02"]),
        ("dates-week.csv", "week", ["2024-W05", "2024-W06", "2024-W07"]),
        ("dates-day-first.csv", "opened", ["01/12/2020", "03/04/2020", "05/06/2020"]),
    ],
)
def test_what_only_looks_like_a_date_stays_text(
    name: str, heading: str, cells: list[str], found: Path
) -> None:
    made = published(found / name)
    assert (made.kinds[heading], sorted(made.column(heading))) == ("text", cells)


def test_days_and_months_of_one_digit_are_read(found: Path) -> None:
    made = published(found / "dates-unpadded.csv")
    assert sorted(made.column("built")) == [date(2020, 1, 5), date(2020, 11, 12), date(2021, 2, 3)]


def test_the_order_of_day_and_month_is_as_it_is_said(found: Path) -> None:
    made = published(found / "dates-day-first.csv", date_order="day")
    assert sorted(made.column("opened")) == [date(2020, 4, 3), date(2020, 6, 5), date(2020, 12, 1)]


@pytest.mark.parametrize("name", ["dates-year-1.csv", "dates-year-9999.csv"])
def test_times_that_stand_for_none_are_held_and_nobody_s_page_breaks(
    name: str, found: Path, client: Client
) -> None:
    made = published(found / name)
    assert list(reasons(made.report)) == [1]
    assert "stands for no time" in reasons(made.report)[1]
    assert made.report.counts()["added"] == 2
    assert client.get("/place/?lon=121.85&lat=29.9&format=json").status_code == 200


def visits(path: Path, *days: str) -> Path:
    cells = [f"9,{n},{day},routine" for n, day in enumerate(days, 80)]
    path.write_text("\n".join(["business_id,score,date,type", *cells]))
    premises = path.with_name("premises.csv")
    premises.write_text("business_id,name,latitude,longitude\n9,One,29.9,121.84\n")
    load(premises, "food-premises", source_crs="EPSG:4490")
    return path


@pytest.mark.parametrize(("order", "months"), [("day", {4, 6}), ("month", {3, 5})])
def test_a_layer_asks_for_the_order_and_reads_by_it(order: str, months: set[int], folder: Path) -> None:
    path = visits(folder / "v.csv", "03/04/2020", "05/06/2020")
    with pytest.raises(ImporterError, match="begin with its day or its month"):
        load(path, "food-inspections")
    load(path, "food-inspections", date_order=order)
    assert {each.month for each in Inspection.objects.values_list("date", flat=True)} == months


def test_a_column_proves_its_order(folder: Path) -> None:
    load(visits(folder / "v.csv", "03/04/2020", "25/06/2020"), "food-inspections")
    assert set(Inspection.objects.values_list("date", flat=True)) == {date(2020, 4, 3), date(2020, 6, 25)}


def test_six_digits_are_no_day(folder: Path) -> None:
    assert published(table(folder / "a.csv", "m", "202012", "202101")).kinds["m"] == "integer"
    with pytest.raises(ValueError, match="no date"):
        day("202012")


DAY, MOMENT = datetime(2026, 1, 2), datetime(2026, 1, 2, 3, 4, 5)


@pytest.mark.parametrize(("ending", "kind"), [(".csv", "text"), (".xlsx", "time")])
def test_a_day_among_times_is_a_time_only_where_midnight_is_written_so(
    ending: str, kind: str, tmp_path: Path
) -> None:
    frame = pandas.DataFrame({"name": ["a", "b"], "seen": [DAY, MOMENT], "lon": 121.85, "lat": 29.9})
    path = tmp_path / f"a{ending}"
    if ending == ".csv":
        frame.assign(seen=["2026-01-02", "2026-01-02T03:04:05Z"]).to_csv(path, index=False)
    else:
        frame.to_excel(path, index=False)
    with files.open_source(path) as source:
        found = infer_schema(source, position_columns.find_positions(source, "EPSG:4490", None))
    assert [field["kind"] for field in found.fields if field["label"] == "seen"] == [kind]


@given(st.text("0123456789-/:. TW年月日Z", max_size=19))
def test_what_is_found_to_be_a_date_is_read_as_one(text: str) -> None:
    if _text_type(text.strip(), "") in {"date", "time"}:
        assert isinstance(date_or_time(text), datetime)


@given(
    st.dates(),
    st.sampled_from(
        [
            "{0.year:04}-{0.month}-{0.day}",
            "{0.year:04}/{0.month:02}/{0.day}",
            "{0.year:04}年{0.month}月{0.day}日",
        ]
    ),
)
def test_a_day_is_the_same_however_it_is_written(value: date, shape: str) -> None:
    text = shape.format(value)
    assert (_text_type(text, ""), day(text)) == ("date", value)


@given(st.dates())
def test_a_day_before_its_month_is_read_so(value: date) -> None:
    assert day(day_before_month(f"{value.day}/{value.month}/{value.year:04}")) == value


@given(st.sampled_from([1, 9999]), st.times())
def test_no_time_is_of_the_first_or_last_year(year: int, time: object) -> None:
    with pytest.raises(ValueError, match="stands for no time"):
        moment(f"{year:04}-06-01 {time}")


@pytest.mark.parametrize(
    ("ending", "driver"), [(".geojson", "GeoJSON"), (".geojsonl", "GeoJSONSeq"), (".gml", "GML")]
)
def test_texts_of_files_without_types_are_read_as_they_are_written(
    ending: str, driver: str, folder: Path
) -> None:
    cells = {
        "seen": ["2020-02-30", "2020-01-05"],
        "day": ["2020-01-06", "2020-01-05"],
        "code": ["1E2", "101"],
        "part": ["0301.10", "3.10"],
    }
    frame = geopandas.GeoDataFrame(
        {"name": ["a", "b"], **cells}, geometry=[HOUSE, NEIGHBOUR], crs="EPSG:4326"
    )
    frame.to_file(path := folder / f"x{ending}", driver=driver)
    made = published(path)
    assert {heading: made.kinds[heading] for heading in cells} == {
        "seen": "text",
        "day": "date",
        "code": "text",
        "part": "text",
    }
    assert made.column("seen") == cells["seen"]
    assert made.column("day") == [date(2020, 1, 6), date(2020, 1, 5)]
    assert (made.column("code"), made.column("part")) == (cells["code"], cells["part"])


def test_a_day_of_no_calendar_in_geojson_is_held_where_days_are_wanted(folder: Path) -> None:
    frame = geopandas.GeoDataFrame(
        {"name": ["a", "b"], "seen": ["2020-02-30", "2020-01-05"]},
        geometry=[HOUSE, NEIGHBOUR],
        crs="EPSG:4326",
    )
    frame.to_file(path := folder / "x.geojson")
    made = published(path, kinds={"seen": "date"})
    assert made.column("seen") == [date(2020, 1, 5)]
    assert "2020-02-30" in reasons(made.report)[1]


def test_times_of_flatgeobuf_that_no_calendar_has_are_told_of_their_row(folder: Path) -> None:
    frame = geopandas.GeoDataFrame(
        {"name": ["a", "b"], "seen": pandas.to_datetime(["2020-02-28", "2020-02-27"])},
        geometry=[HOUSE, NEIGHBOUR],
        crs="EPSG:4326",
    )
    frame.to_file(path := folder / "a.fgb", driver="FlatGeobuf", SPATIAL_INDEX="NO")
    path.write_bytes(path.read_bytes().replace(b"2020-02-28", b"2020-02-30"))
    made = published(path)
    assert (made.kinds["seen"], made.column("name")) == ("time", ["b"])
    assert list(reasons(made.report)) == [1]
    assert "2020-02-30" in reasons(made.report)[1]
