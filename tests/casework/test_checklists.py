"""Checklists: declared by a table, asked row by row, counted, and asked about by conditions."""

from decimal import Decimal
from typing import Any

import pytest

from layers.casework.documents.document_context import field_text
from layers.casework.procedures import ChecklistRow, Facts, Field, FieldKind, Step, holds, read_procedure
from layers.casework.procedures.conditions import FieldAbove, FieldIn
from layers.casework.rules.forms.checklists import checklist_problems, checklist_words
from layers.casework.rules.forms.field_problems import is_blank
from layers.casework.rules.forms.form_input import facts_with_input, form_decides, stored_value
from layers.registry.text import Text
from tests.casework.small_procedure import SMALL, line_of, problems_of

ROWS = {
    "bolts": ChecklistRow("bolts", Text("螺栓紧固", "Bolts are tight"), 10, key=True),
    "slats": ChecklistRow("slats", Text("椅条完好", "Slats are whole"), 5),
    "paint": ChecklistRow("paint", Text("油漆完好", "Paint is whole")),
}
SAFE = Field("safe", Text("安全检查", "Safety"), FieldKind.CHECKLIST, rows=ROWS)
GIVEN = {
    "paint": {"result": "na", "note": ""},
    "bolts": {"result": "fail", "note": " 松动 两处 "},
    "slats": {"result": "pass", "note": ""},
}
KEPT = {
    "rows": [
        {"row": "bolts", "result": "fail", "note": "松动 两处"},
        {"row": "slats", "result": "pass", "note": ""},
        {"row": "paint", "result": "na", "note": ""},
    ],
    "points": 5,
    "possible": 15,
    "failed": 1,
    "failed_key": 1,
    "failed_rows": ["bolts"],
}


def test_rows_are_kept_in_the_table_s_order_with_what_they_come_to() -> None:
    assert stored_value(SAFE, GIVEN) == KEPT
    assert stored_value(SAFE, KEPT) == KEPT


def said(value: Any) -> list[str]:
    return [each.en for each in checklist_problems(SAFE, value)]


def test_a_row_that_is_left_is_named() -> None:
    assert said(GIVEN) == []
    assert said({"bolts": GIVEN["bolts"], "slats": {"result": "", "note": "later"}}) == [
        '"Safety" does not say of all items: Slats are whole, Paint is whole'
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        "pass",
        ["bolts"],
        {"bolts": "pass"},
        {**GIVEN, "wheel": {"result": "pass"}},
        {**GIVEN, "paint": {"result": "maybe"}},
        {"rows": [{"row": "wheel", "result": "pass"}]},
    ],
)
def test_what_is_no_checklist_is_refused(wrong: Any) -> None:
    assert said(wrong) == ['"Safety" is not filled in correctly']


def test_a_long_note_is_refused_by_its_row() -> None:
    assert said({**GIVEN, "paint": {"result": "pass", "note": "字" * 501}}) == [
        'The note on "Paint is whole" may have 500 characters at most'
    ]


@pytest.mark.parametrize(
    ("value", "blank"),
    [({}, True), ({"bolts": {"result": "", "note": " "}}, True), (GIVEN, False), ("pass", False)],
)
def test_an_untouched_checklist_is_an_empty_field(value: Any, blank: bool) -> None:
    assert is_blank(SAFE, value) is blank


def test_conditions_ask_what_it_comes_to_as_soon_as_it_is_entered() -> None:
    step = Step("check", Text("检查", "Check"), ("a",), None, ("x",), Text("法", "Law"), fields=(SAFE,))
    facts = facts_with_input(step, Facts(), {"safe": GIVEN})
    assert holds(FieldAbove("safe.points", Decimal(4)), facts)
    assert not holds(FieldAbove("safe.points", Decimal(5)), facts)
    assert holds(FieldAbove("safe.possible", "safe.points"), facts)
    assert holds(FieldIn("safe.failed_key", ("1",)), facts)
    assert holds(FieldIn("safe.failed_rows", ("bolts", "paint")), facts)
    assert not holds(FieldIn("safe.failed_rows", ("slats",)), facts)
    assert not holds(FieldAbove("safe.points", Decimal(-1)), Facts())
    assert form_decides(step, FieldAbove("safe.points", Decimal(1)))


def test_it_is_told_row_by_row() -> None:
    words = checklist_words(SAFE, KEPT)
    assert words is not None
    assert words.zh.split("\n") == [
        "得分 5/15，不合格 1 项（其中重点项 1 项）",
        "螺栓紧固：不合格（重点项），松动 两处",
        "椅条完好：合格",
        "油漆完好：不适用",
    ]
    assert words.en.split("\n")[:2] == [
        "Points: 5 of 15, failed: 1 (key item: 1)",
        "Bolts are tight: failed (key item), 松动 两处",
    ]
    assert field_text(SAFE, KEPT) == words.zh


TABLES = "tables:\n  points:\n    bolts: {title: {zh: 螺栓, en: Bolts}, points: 10, key: true}\n"


def declaring(declared: str, more: str = "") -> str:
    text = SMALL.replace("kind: number", declared).replace(
        "basis: law 2\n", "basis: law 2\n    fields: {fine: optional}\n" + more
    )
    return text.replace("steps:\n", TABLES + "steps:\n", 1)


def test_a_table_is_declared_in_the_text_and_varied_by_those_that_extend_it() -> None:
    base = declaring("kind: checklist, table: points")
    own = (
        "extends: small\ncode: own\ntables:\n"
        "  points: {bolts: {points: 4}, slats: {title: {zh: 椅条, en: Slats}}}\n"
    )
    rows = read_procedure(own, "own", {"small": base}).fields()["fine"].rows
    assert [(each.code, each.points, each.key) for each in rows.values()] == [
        ("bolts", 4, True),
        ("slats", 0, False),
    ]


@pytest.mark.parametrize(
    ("declared", "more", "at", "sentence"),
    [
        ("kind: checklist", "", "fine:", "The checklist 'fine' has no table."),
        ("kind: checklist, table: other", "", "fine:", "tables has no 'other'."),
        ("kind: number, table: points", "", "fine:", "'fine' is no checklist with a table."),
        (
            "kind: checklist, table: points, writes: title",
            "",
            "fine:",
            "The field 'fine' of a checklist cannot be written to an attribute.",
        ),
        (
            "kind: checklist, table: points",
            "    when: {field: fine, over: 3}\n    otherwise: {zh: 不, en: no}\n",
            "when:",
            "'fine' is a checklist: write fine. and one of failed, failed_key, failed_rows, points, possible.",
        ),
        (
            "kind: number",
            "    when: {field: fine.points, over: 3}\n    otherwise: {zh: 不, en: no}\n",
            "when:",
            "The field 'fine' has no 'points'.",
        ),
    ],
)
def test_a_declaration_that_makes_no_sense_is_told_with_its_line(
    declared: str, more: str, at: str, sentence: str
) -> None:
    text = declaring(declared, more)
    before = "  fine:" if at == "fine:" else "    when:"
    assert problems_of(text) == [("own", line_of(text, before), sentence)]
