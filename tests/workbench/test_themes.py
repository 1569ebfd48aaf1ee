"""Results are coloured in classes: breaks as they are known to be, counts that add up, colours that differ in lightness."""

from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from geoportal.workbench.analysis.classification import class_of, spread, upper_bounds
from geoportal.workbench.analysis.ramps import RAMPS, colors
from layers.base.models import Division
from layers.query.errors import InvalidQuery
from layers.query.models import StoredQuery
from tests.district import LAT, LON, SmallDistrict, square
from tests.people import client_of

HERE = "/workbench/analysis/"
GROUPS = [1.0, 2.0, 3.0, 50.0, 51.0, 52.0, 900.0, 901.0, 905.0, 910.0]


def test_breaks_are_those_that_the_method_means() -> None:
    assert upper_bounds(GROUPS, "natural", 3, "") == [3.0, 52.0, 910.0]
    assert upper_bounds(GROUPS, "equal", 3, "") == pytest.approx([304.0, 607.0, 910.0])
    counted = [class_of(value, upper_bounds(GROUPS, "quantiles", 2, "")) for value in GROUPS]
    assert counted.count(0) == counted.count(1) == 5
    assert upper_bounds(GROUPS * 1000, "natural", 3, "") == [3.0, 52.0, 910.0], "of many values as well"
    assert upper_bounds(GROUPS, "own", 5, "0.5, 10, 100, 2000") == [10.0, 100.0, 910.0]
    assert upper_bounds([2.0, 2.0], "natural", 5, "") == [2.0], "as many classes as there are values"
    for wrong in ("", "x", "3, 2", "1, 1", "nan", "1,2,3,4,5,6,7,8,9"):
        with pytest.raises(InvalidQuery):
            upper_bounds(GROUPS, "own", 5, wrong)
    bars = spread(GROUPS)
    assert sum(count for _low, _high, count in bars) == len(GROUPS)
    assert (bars[0][0], bars[-1][1]) == pytest.approx((1.0, 910.0))


def lightness(color: str) -> float:
    red, green, blue = (int(color[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return float(0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2)


@pytest.mark.parametrize("ramp", RAMPS)
def test_classes_are_told_apart_by_lightness_alone(ramp: str) -> None:
    for count in range(2, 10):
        lights = [lightness(color) for color in colors(ramp, count)]
        halves = [lights[: count // 2 + 1], lights[count // 2 :][::-1]] if ramp == "diverging" else [lights]
        for half in halves:
            signs = {after > before for before, after in pairwise(half)}
            assert len(signs) <= 1, (ramp, count)


@pytest.fixture
def planner(district: SmallDistrict) -> Client:
    Division.objects.update(level="village")
    for place, people in enumerate([100, 200, 5000, None]):
        Division.objects.create(
            code=f"z{place}", name=f"z{place}", level="zone", population=people,
            geom=square(LON + 0.02 * place, LAT, 0.005 if place else 0.01),
        )  # fmt: skip
    client = client_of("planner")
    client.defaults["HTTP_ACCEPT"] = "text/html"
    return client


def page(client: Client, status: int = 200, **words: str) -> Any:
    good = {
        "layer": "divisions",
        "filter": "level = 'zone'",
        "do": "features",
        "by": "population",
        "theme": "value",
    }
    response = client.get(f"{HERE}?{urlencode({**good, **words})}")
    assert response.status_code == status, response.content.decode()[:2000]
    return response


def legend(response: Any) -> list[tuple[str, int]]:
    return [(each["label"], each["count"]) for each in response.context["legend"]]


@pytest.mark.django_db
def test_a_result_is_mapped_by_a_column_with_a_legend_that_counts(planner: Client) -> None:
    own = page(planner, method="own", breaks="150, 300")
    assert legend(own) == [("100 – 150", 1), ("150 – 300", 1), ("300 – 5,000", 1), ("没有值", 1)]
    tall = {each["color"] for each in own.context["bars"] if float(each["height"])}
    assert tall == {own.context["legend"][place]["color"] for place in (0, 2)}, "100 and 200 stand in one bar"
    drawn = [each["properties"]["color"] for each in own.context["map"]["features"]["features"]]
    assert drawn == [*(each["color"] for each in own.context["legend"])]
    assert "合计" not in own.content.decode()
    dense = page(planner, method="own", breaks="300", per="km2")
    assert [count for _label, count in legend(dense)] == [1, 2, 1], (
        "100 people on one square kilometre, 200 on a quarter"
    )
    assert "人口 / km²" in dense.content.decode()
    circles = page(planner, style="circle")
    radii = [each["properties"]["radius"] for each in circles.context["map"]["features"]["features"]]
    assert radii[2] == 24.0
    assert {each["geometry"]["type"] for each in circles.context["map"]["features"]["features"]} == {"Point"}
    words = page(planner, by="name", theme="value")
    assert [count for _label, count in legend(words)] == [1, 1, 1, 1]
    totals: dict[str, Any] = {
        "do": "summary",
        "other": "divisions",
        "where": "level = 'zone'",
        "layer": "buildings",
        "filter": "",
        "by": "",
        "theme": "count",
    }
    assert page(planner, **totals).context["warns_of_totals"]
    assert not page(planner, per="km2", **totals).context["warns_of_totals"]
    chosen = {"layer": "divisions", "do": "features", "by": "population", "theme": "value", "classes": "4"}
    kept = planner.post(HERE, {**chosen, "action": "keep", "title": "人口"})["Location"]
    assert (StoredQuery.objects.get().analysis or {})["classes"] == "4"
    assert planner.get(kept, follow=True).context["theme"].classes == "4"


@pytest.mark.django_db
def test_what_cannot_be_mapped_is_said_beside_the_form(planner: Client) -> None:
    for wrong in (
        {"theme": "no"}, {"method": "no"}, {"ramp": "no"}, {"style": "no"}, {"classes": "99"}, {"classes": "²"},
        {"per": "no"}, {"per": "title"}, {"method": "own"}, {"filter": "level = 'zone' AND population IS NULL"},
    ):  # fmt: skip
        html = page(planner, 400, **wrong).content.decode()
        assert 'role="alert"' in html, wrong
        assert 'name="do"' in html, wrong
    assert planner.get(f"{HERE}?layer=divisions&do=features").status_code == 200, "the property is asked for"
