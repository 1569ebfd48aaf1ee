"""Fields that name an officer, a department or a file: declared, refused in words, told by what it was called."""

from typing import Any

import pytest

from layers.casework.procedures import Facts, Field, FieldKind, holds, read_procedure
from layers.casework.procedures.conditions import FieldIn
from layers.casework.rules.forms.field_problems import field_problems
from layers.casework.rules.forms.field_words import field_words
from layers.casework.rules.forms.form_input import stored_value
from layers.registry.text import Text
from tests.casework.small_procedure import SMALL, line_of, problems_of

EXPERT = Field("expert", Text("鉴定人", "Expert"), FieldKind.PERSON)
UNIT = Field("unit", Text("协办部门", "Unit"), FieldKind.UNIT)
REPORT = Field("report", Text("报告", "Report"), FieldKind.FILE)
LI = {"code": "U1", "name": "李一", "department": "UM"}
UM = {"code": "UM", "name": "城市管理局", "name_en": "Urban management"}
FILE = {"evidence": 7, "title": "报告.pdf", "sha256": "0123456789abcdef" * 4}


@pytest.mark.parametrize(
    ("field", "value", "zh", "en"),
    [
        (EXPERT, LI, "李一（U1）", "李一 (U1)"),
        (UNIT, UM, "城市管理局", "Urban management"),
        (REPORT, FILE, "报告.pdf（SHA-256 0123456789ab…）", "报告.pdf (SHA-256 0123456789ab…)"),
    ],
)
def test_what_was_found_is_kept_as_it_is_and_told_by_its_name(
    field: Field, value: Any, zh: str, en: str
) -> None:
    assert [*field_problems(field, value)] == []
    assert stored_value(field, value) == value
    words = field_words(field, value)
    assert words is not None
    assert (words.zh, words.en) == (zh, en)


@pytest.mark.parametrize(
    ("field", "sentence"),
    [
        (EXPERT, '"Expert" must be an officer in service of a department that handles the case'),
        (UNIT, '"Unit" must be one of the departments'),
        (REPORT, '"Report" must be a piece of the case\'s evidence'),
    ],
)
def test_what_was_not_found_is_told_in_words(field: Field, sentence: str) -> None:
    for wrong in ("nobody", {"name": "x"}, 5):
        assert [each.en for each in field_problems(field, wrong)] == [sentence]
        assert field_words(field, wrong) is None


def test_conditions_ask_by_code() -> None:
    facts = Facts(fields={"expert": LI, "unit": UM})
    assert holds(FieldIn("expert", ("U1", "U2")), facts)
    assert holds(FieldIn("unit", ("UM",)), facts)
    assert not holds(FieldIn("unit", ("城市管理局",)), facts)


def declaring(kind: str, more: str = "") -> str:
    return SMALL.replace("kind: number", f"kind: {kind}").replace(
        "basis: law 2\n", "basis: law 2\n    fields: {fine: optional}\n" + more
    )


@pytest.mark.parametrize("kind", ["person", "unit", "file"])
def test_they_are_declared_and_fill_no_attribute(kind: str) -> None:
    assert read_procedure(declaring(kind), "own", {}).fields()["fine"].kind == kind
    text = declaring(f"{kind}, writes: title")
    (problem,) = problems_of(text)
    assert problem[1] == line_of(text, "  fine:")
    assert problem[2].endswith("cannot be written to an attribute.")


def test_no_condition_asks_about_a_file() -> None:
    text = declaring("file", "    when: {field: fine, in: [a]}\n    otherwise: {zh: 不, en: no}\n")
    sentence = "A condition cannot ask about the field 'fine' that names a file."
    assert problems_of(text) == [("own", line_of(text, "    when:"), sentence)]
