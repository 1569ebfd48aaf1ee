"""Areas and features as fields: declared, refused in words, kept in one form, told."""

from typing import Any

import pytest

from layers.casework.procedures import Field, FieldKind, read_procedure
from layers.casework.rules.forms.areas import parse_corners, square_metres
from layers.casework.rules.forms.field_problems import field_problems
from layers.casework.rules.forms.field_words import field_words
from layers.casework.rules.forms.form_input import stored_value
from layers.registry.text import Text
from tests.casework.small_procedure import SMALL, line_of, problems_of

AREA = Field("plot", Text("占地范围", "Plot"), FieldKind.AREA)
SHOP = Field("shop", Text("场所", "Premises"), FieldKind.FEATURE, layer="food-premises")
SQUARE = "121.84,29.9\n121.841,29.9\n121.841,29.901\n121.84,29.901"
KEPT = {
    "type": "Polygon",
    "coordinates": [[[121.84, 29.9], [121.841, 29.9], [121.841, 29.901], [121.84, 29.901], [121.84, 29.9]]],
}


@pytest.mark.parametrize("given", [SQUARE, SQUARE + "\n121.84,29.9", SQUARE.replace("\n", "  "), KEPT])
def test_equal_areas_are_kept_equally(given: Any) -> None:
    assert [*field_problems(AREA, given)] == []
    assert stored_value(AREA, given) == KEPT


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "121.84,29.9\n121.841,29.9",
        "121.84,29.9\n121.841,29.9\n121.842,29.9",  # no area
        "121.84,29.9\n121.841,29.901\n121.841,29.9\n121.84,29.901",  # a bow tie
        "181,0\n182,0\n182,1",
        "121,86\n122,86\n122,87",
        "a,b\nc,d\ne,f",
        "121.84,29.9,1\n121.841,29.9\n121.841,29.901",
        "nan,29.9\n121.841,29.9\n121.841,29.901",
        "\n".join(f"{120 + n / 1000},{29 + n * n / 1e6}" for n in range(501)),
        {"type": "Polygon", "coordinates": []},
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Polygon", "coordinates": [[1, 2]]},
        {"type": "Polygon", "coordinates": [None]},
        {},
        [1],
    ],
)
def test_what_is_no_area_is_refused_in_words(wrong: Any) -> None:
    (problem,) = field_problems(AREA, wrong)
    assert problem.zh == "“占地范围”应为三至 500 个角点，每行一个“经度,纬度”，边界不得自相交"
    assert field_words(AREA, wrong) is None
    assert stored_value(AREA, wrong) == wrong


def test_an_area_is_told_by_its_size() -> None:
    corners = parse_corners(SQUARE)
    assert corners is not None
    # 0.001° of latitude is 111.2 m, of longitude at 29.9° 96.4 m.
    assert square_metres(corners) == pytest.approx(111.195 * 96.39, rel=1e-3)
    words = field_words(AREA, KEPT)
    assert words is not None
    assert words.zh == "4 个角点，约 10,719 平方米"


def test_a_feature_is_one_of_its_layer() -> None:
    found = {"layer": "food-premises", "feature": 7, "title": "一号店"}
    assert [*field_problems(SHOP, found)] == []
    words = field_words(SHOP, found)
    assert words is not None
    assert words.zh == "一号店（food-premises/7）"
    for wrong in ("food-premises/7", {**found, "layer": "divisions"}, {"layer": "food-premises"}):
        (problem,) = field_problems(SHOP, wrong)
        assert problem.en == '"Premises" must be a feature of its layer that you may see'


def declaring(kind: str, more: str = "") -> str:
    return SMALL.replace("kind: number", f"kind: {kind}").replace(
        "basis: law 2\n", "basis: law 2\n    fields: {fine: optional}\n" + more
    )


ASKED = "    when: {field: fine, in: [a]}\n    otherwise: {zh: 不, en: no}\n"


def test_they_are_declared() -> None:
    field = read_procedure(declaring("feature, layer: food-premises"), "own", {}).fields()["fine"]
    assert (field.kind, field.layer) == ("feature", "food-premises")
    kept = read_procedure(
        declaring(
            "feature, layer: food-premises, keeps: [grade]", ASKED.replace("field: fine", "field: fine.grade")
        ),
        "own",
        {},
    )
    assert kept.fields()["fine"].keeps == ("grade",)
    assert read_procedure(declaring("area"), "own", {}).fields()["fine"].kind == "area"


@pytest.mark.parametrize(
    ("kind", "more", "at", "sentence"),
    [
        ("feature", "", "  fine:", "The field 'fine' does not say of which layer it is."),
        ("feature, layer: moon", "", "  fine:", "There is no layer 'moon'."),
        ("area, layer: food-premises", "", "  fine:", "'fine' is no feature with a layer."),
        ("area, keeps: [grade]", "", "  fine:", "'fine' is no feature and has no keeps."),
        (
            "feature, layer: food-premises, keeps: [moon]",
            "",
            "  fine:",
            "'food-premises' has no attribute 'moon'.",
        ),
        (
            "feature, layer: food-premises, matches: {grade: shop.grade}",
            "",
            "  fine:",
            "matches of 'fine' names what another field keeps, such as violation.code; there is no 'shop.grade'.",
        ),
        (
            "feature, layer: food-premises, keeps: [grade]",
            ASKED,
            "    when:",
            "'fine' is a feature: write fine. and an attribute of its keeps (grade).",
        ),
        (
            "area, writes: title",
            "",
            "  fine:",
            "The field 'fine' of an area cannot be written to an attribute.",
        ),
        ("area", ASKED, "    when:", "A condition cannot ask about the field 'fine' of an area."),
    ],
)
def test_a_declaration_that_makes_no_sense_is_told_with_its_line(
    kind: str, more: str, at: str, sentence: str
) -> None:
    text = declaring(kind, more)
    assert ("own", line_of(text, at), sentence) in problems_of(text)
