"""Sentences that are kept and told to a reader of the other language."""

import json
import multiprocessing
import pickle
import re
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

import importers.examination_answer  # noqa: F401  declares what is sent
from importers.errors import ImporterError
from importers.sources.source import Problem
from layers.child_process import answers
from layers.jobs.models import Job, JobLogEntry
from layers.registry.text import Text
from layers.sentences.sentence import as_json, from_json, gettext, ngettext, read, told, written
from tests.conftest import ROOT


def sentences() -> dict[str, str]:
    """Made in Chinese, by the English that each is."""
    empty = gettext("The file holds no rows.")
    with_value = gettext("{path} cannot be read: {reason}.").format(path="a{b}.csv", reason=empty)
    return {
        "The file holds no rows.": empty,
        "a{b}.csv cannot be read: The file holds no rows..": with_value,
        "The file holds no rows.; has no geometry": gettext("; ").join([empty, gettext("has no geometry")]),
        "The file holds no rows. Jobs.": empty + " " + told(Text("任务", "Jobs")) + ".",
        "1200 vertices repeat the one before": ngettext(
            "{count} vertex repeats the one before", "{count} vertices repeat the one before", 1200
        ).format(count=1200),
        "Jobs cancelled the job.": gettext("%(who)s cancelled the job.") % {"who": Text("任务", "Jobs")},
        "positions from EPSG:2385 are accurate to 1.5 m": gettext(
            "positions from {label} are accurate to {accuracy:g} m"
        ).format(label="EPSG:2385", accuracy=Decimal("1.5")),
    }


@pytest.mark.parametrize("english", sentences())
def test_a_sentence_is_read_in_the_language_of_the_reader(english: str) -> None:
    with override("zh-hans"):
        chinese = sentences()[english]
        kept = json.loads(json.dumps(as_json({"notes": [chinese]})))
        column = written(chinese)
        assert from_json(kept)["notes"][0] == chinese == read(column) != english
    with override("en"):
        assert from_json(kept)["notes"][0] == english == read(column)
        assert written(from_json(kept)["notes"][0]) == column == written(pickle.loads(pickle.dumps(chinese)))  # noqa: S301


def test_what_people_write_is_no_sentence_however_it_looks() -> None:
    looks = '\x1e{"msgid":"The file holds no rows."}'
    assert read(written(looks)) == looks[1:]
    assert read(written(looks[1:])) == looks[1:]
    for said in (
        {"msgid": ["a"], "values": ["b"]},
        {"msgid": "a", "values": 7},
        {"zh": ["a"], "en": ["b"]},
        {"between": ["a"], "parts": ["b"]},
        {"sentence": "The file holds no rows."},
    ):
        assert from_json(as_json(said)) == said
    assert as_json({"\0名": ["\ud800"]}) == {"\ufffd名": ["\ufffd"]}
    with override("en"):
        kept = written(gettext("{path} holds no rows.").format(path="\0\ud800{x}"))
        assert read(kept) == "\ufffd\ufffd{x} holds no rows."


@pytest.mark.parametrize(
    "form",
    [
        {"msgid": "{a.__class__}", "values": {"a": 1}},
        {"msgid": "{a:999999999}", "values": {"a": 1}},
        {"msgid": "{b}", "values": {"a": 1}},
    ],
)
def test_a_form_that_nobody_of_ours_makes_is_refused(form: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"no value|not how numbers are written"):
        from_json(form)
    assert from_json({"msgid": "%(a)999999999d", "percent": {"a": 1}}) == "%(a)999999999d"


def test_a_child_process_answers_with_sentences() -> None:
    ours, theirs = multiprocessing.Pipe()
    with override("zh-hans"):
        said = sentences()
        answers.send(theirs, "value", [ImporterError(each) for each in said.values()])
        answers.send(theirs, "value", [Problem(each) for each in said.values()])
        errors, problems = (answers.receive(ours, 2**20)[1] for _ in range(2))
        assert list(map(str, errors)) == list(said.values()) == [each.wrong for each in problems]
    with override("en"):
        assert [read(written(str(each))) for each in errors] == list(said)
        assert [from_json(as_json(each.wrong)) for each in problems] == list(said)


@pytest.mark.parametrize("field", [Job._meta.get_field("reason"), JobLogEntry._meta.get_field("text")])
def test_a_column_of_sentences_is_one_of_text_to_the_database(field: Any) -> None:
    assert field.deconstruct()[1] == "django.db.models.TextField"


SAID_LATER = (
    "importers/**/*.py",
    "layers/*/imports.py",
    "layers/registry/declaration/*.py",
    "layers/jobs/*.py",
)
FOR_ONE_READER = {"layers/jobs/liveness.py"}


def test_whatever_a_report_may_say_later_is_made_of_sentences() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for pattern in SAID_LATER
        for path in ROOT.glob(pattern)
        if re.search(
            r"django.utils.translation import (.*, )?n?gettext( |,|$)", path.read_text(), re.MULTILINE
        )
    ]
    assert set(wrong) <= FOR_ONE_READER
