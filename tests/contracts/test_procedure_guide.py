"""The guide to writing procedures shows what a procedure of the tests really says, and words that there are."""

import inspect
import json
import re

import pytest

from layers.casework.procedures import expressions, parser
from tests.conftest import ROOT

GUIDE = (ROOT / "docs" / "cases.md").read_text("utf-8")
EXAMPLE = (ROOT / "tests" / "benches" / "procedures" / "bench-report-of-city.yaml").read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
WORDS = re.findall(r"^\| ([^|]*`[^|]*) \|", GUIDE, re.MULTILINE)


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.split(":")[0].strip())
def test_each_example_stands_in_the_procedure(block: str) -> None:
    assert f"\n{block}" in f"\n{EXAMPLE}"


def test_the_examples_are_most_of_what_a_procedure_has() -> None:
    shown = {
        line.split(":")[0] for block in BLOCKS for line in block.splitlines() if not line.startswith(" ")
    }
    assert {
        "code",
        "family",
        "start",
        "roles",
        "parties",
        "states",
        "subjects",
        "place",
        "categories",
    } <= shown


@pytest.mark.parametrize("row", WORDS)
def test_each_word_that_is_explained_is_one_of_the_language(row: str) -> None:
    read = "".join(inspect.getsource(each) for each in (parser, expressions))
    named = re.findall(r"`([a-z_]+)`", row)
    assert named
    assert [word for word in named if json.dumps(word) not in read] == []
