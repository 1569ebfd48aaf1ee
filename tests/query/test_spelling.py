"""A condition is the same written as text, as JSON and as text again, and what cannot be read is refused."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.query.errors import InvalidQuery
from layers.query.json_form import from_json, to_json
from layers.query.nodes import Node
from layers.query.text_form import from_text, to_text
from tests.effort import tries
from tests.query.conditions import CONDITIONS


@settings(max_examples=tries(400))
@given(CONDITIONS)
def test_nothing_is_lost_between_text_and_json(condition: Node) -> None:
    node = from_json(to_json(condition))  # “and” within “and” is one
    assert from_text(to_text(node)) == node
    assert from_json(json.loads(json.dumps(to_json(node)))) == node


@settings(max_examples=tries(400))
@given(st.one_of(st.text(), st.text("()'\"-^ andotr=<>,.0123456789aé%")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        node = from_text(text)
    except InvalidQuery:
        return
    assert from_text(to_text(node)) == node


@pytest.mark.parametrize(
    "text",
    [
        "", "a = ", "a = 'x", "(" * 9000 + "a=1" + ")" * 9000, "-" * 15_000 + "1 = a", "NOT " * 4000 + "a",
        "^".join("a" * 5000) + "=1", "a = 1e400", "a = 9007199254740993", "a = '\x00'", "a=1 " * 6000,
        "s_intersects(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "- - " * 300 + "1 = a",
        "s_intersects(geometry, POINT EMPTY)", "s_intersects(geometry, POINTEMPTY)",
        "s_intersects(geometry, LINESTRING ZM(1 1, 2 2))",
    ],
)  # fmt: skip
def test_what_would_fell_the_process_or_has_no_meaning_is_refused(text: str) -> None:
    with pytest.raises(InvalidQuery):
        from_text(text)


@pytest.mark.parametrize(
    "document",
    [
        {}, {"op": 3}, {"op": "=", "args": 3}, {"property": ["a"]}, {"bbox": [1, 2, 3]}, {"bbox": [1, 2, 3, "x"]},
        {"type": "Point", "coordinates": []}, {"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]},
        {"type": "Nothing"}, {"interval": ["2026-01-01"]}, {"op": "=", "args": [{"property": "a"}, float("nan")]},
        {"type": "Point", "coordinates": ["x", None]}, {"type": "Point", "coordinates": json.loads("[" * 700 + "]" * 700)}, {"op": "=", "args": ["\ud800", 2**80]},
    ],
)  # fmt: skip
def test_json_that_is_no_condition_is_refused(document: object) -> None:
    with pytest.raises(InvalidQuery):
        from_json(document)


def test_json_deeper_than_anybody_needs_is_refused() -> None:
    document: object = {"property": "a"}
    for _ in range(900):
        document = {"op": "not", "args": [document]}
    with pytest.raises(InvalidQuery):
        from_json(document)
