"""What a family of cases registers of its own besides what all families have."""

from dataclasses import replace
from pathlib import Path

import pytest

from layers.casework.case_types import CaseType, register_case_type
from layers.casework.indicator import Measure, Rate
from layers.casework.procedures import ProcedureError, read_procedure
from layers.registry.text import Text
from tests.casework.small_procedure import line_of
from tests.room_texts import procedure_texts

WORD = Text("词", "Word")


@pytest.mark.parametrize(
    "own",
    [
        {"marks": ("mended",)},
        {"measures": (Measure("mended", WORD, WORD, "true"),)},
        {"rates": (Rate("mending", WORD, WORD, "closed", "filed"),)},
    ],
)
def test_no_two_families_mark_or_count_by_one_word(
    own: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("layers.casework.case_types.REGISTERED", {})
    one = CaseType("one", WORD, "ones", Path(), **own)  # type: ignore[arg-type]
    register_case_type(one)
    register_case_type(one)  # again, as when a module is read twice
    with pytest.raises(ValueError, match="both have"):
        register_case_type(replace(one, family="two"))
    with pytest.raises(ValueError, match="twice"):
        register_case_type(replace(one, layer="others"))
    with pytest.raises(ValueError, match="serial"):
        register_case_type(replace(one, family="three", number="{department}-{year}"))


@pytest.mark.parametrize(("old", "key"), [("marks: [handled", "marks"), ("measures: [handled", "measures")])
def test_a_mark_that_no_figure_counts_by_is_refused_with_its_line(old: str, key: str) -> None:
    texts = procedure_texts()
    text = texts["urban"].replace(old, f"{key}: [vanished", 1)
    assert text != texts["urban"]
    with pytest.raises(ProcedureError) as caught:
        read_procedure(text, "urban", {})
    (problem,) = caught.value.problems
    assert (problem.line, problem.sentence.en) == (line_of(text, "[vanished"), "There is no mark 'vanished'.")
