"""Procedures are read: those that are shipped, a small one, and variations of it."""

from collections.abc import Callable
from dataclasses import replace

from layers.casework.procedures import (
    Facts,
    Procedure,
    PublicNames,
    build_procedure,
    read_procedure,
    vacant_roles,
)
from layers.casework.procedures.spans import Span, Unit
from layers.casework.rules.publication_terms import publication_months
from layers.enforcement.models import PenaltyKind
from tests.casework.small_procedure import SMALL, line_of
from tests.room_texts import procedure_texts, shipped_procedures


def test_all_that_is_shipped_is_read() -> None:
    expected = {"simple", "ordinary", "urban"} | {
        f"ordinary-{code}" for code in ("ws", "hp", "pl", "lr", "ca", "um")
    }
    assert set(shipped_procedures()) == expected
    for code, procedure in shipped_procedures().items():
        assert procedure.code == code


def test_what_was_checked_once_is_read_alike_without_the_checks() -> None:
    shipped = procedure_texts()
    for name, text in shipped.items():
        assert (
            build_procedure(text, name, shipped)
            == read_procedure(text, name, shipped)
            == read_procedure(text, name, shipped)
        )


def test_penalties_are_those_of_the_law() -> None:
    penalties = shipped_procedures()["ordinary"].fields()["penalty"].choices
    assert set(penalties) <= set(PenaltyKind.values)


def test_each_department_has_its_variation() -> None:
    own = {each.departments for each in shipped_procedures().values() if each.code.startswith("ordinary-")}
    assert own == {("WS",), ("HP",), ("PL",), ("LR",), ("CA",), ("UM",)}


def test_every_limit_names_its_article_or_says_that_it_is_local() -> None:
    for procedure in shipped_procedures().values():
        for deadline in procedure.deadlines.values():
            basis = deadline.basis.en
            assert "local configuration" in basis.lower() or "Art." in basis, deadline.code


def test_limits_of_the_law() -> None:
    deadlines = shipped_procedures()["ordinary"].deadlines
    assert deadlines["decision"].span == Span(90, Unit.CALENDAR_DAY)
    assert deadlines["registration"].span == Span(7, Unit.WORKING_DAY)
    assert deadlines["hearing_request"].span == Span(5, Unit.WORKING_DAY)
    assert deadlines["payment"].span == Span(15, Unit.CALENDAR_DAY)
    assert deadlines["measures"].extensions[0].span == Span(30, Unit.CALENDAR_DAY)
    assert deadlines["report"].span == Span(24, Unit.HOUR)
    assert deadlines["demand_wait"].span == Span(10, Unit.WORKING_DAY)
    assert shipped_procedures()["ordinary-lr"].deadlines["filing"].span == Span(10, Unit.WORKING_DAY)


def test_categories_have_their_own_limits() -> None:
    urban = shipped_procedures()["urban"]
    assert urban.limit("handling", "exposed_garbage") == Span(4, Unit.WORKING_HOUR)
    assert urban.limit("handling", "road_cleaning") == Span(2, Unit.HOUR)
    assert urban.limit("handling", "standing_water") == Span(4, Unit.HOUR)
    assert urban.limit("handling", "green_upkeep") == Span(5, Unit.WORKING_DAY)
    assert urban.limit("handling", "unknown") == urban.deadlines["handling"].span
    assert {each.group.zh for each in urban.categories.values() if each.group} > {
        "市容环境",
        "宣传广告",
        "施工管理",
        "突发事件",
        "街面秩序",
    }


def test_of_health_matters_nothing_is_told_of_persons() -> None:
    health = shipped_procedures()["ordinary-hp"]
    flags = frozenset({"public_influence", "health_premises"})
    decided = Facts(flags=flags, steps=frozenset({"decide_penalty"}), fields={"penalty": "fine", "fine": 100})
    assert publication_months(health, replace(decided, party="person")) is None
    assert publication_months(health, replace(decided, party="organisation")) == 3
    assert health.principal.names is PublicNames.ORGANISATIONS


def small(change: Callable[[str], str] = str) -> Procedure:
    return read_procedure(change(SMALL), "own", {})


def test_a_small_procedure() -> None:
    procedure = small()
    assert procedure.steps["close"].basis.zh == "《法》第2条"
    assert procedure.steps["close"].basis.en == "Law, Art. 2"
    assert procedure.steps["pause"].basis.en == "Law, Art. 3; local configuration"
    assert (
        procedure.documents["report"].number.format(office="仑", year=2026, serial=7) == "仑报〔2026〕0007号"
    )
    assert procedure.marks[("steps", "pause", "pauses", 0)].line == line_of(SMALL, "pauses:")


def test_no_and_yes_are_words() -> None:
    procedure = small(lambda text: text.replace("zh: 小, en: Small", "zh: no, en: yes"))
    assert (procedure.title.zh, procedure.title.en) == ("no", "yes")


def test_a_variation_is_laid_over_its_base() -> None:
    own = """\
extends: small
code: other
departments: [UM]
deadlines:
  limit: {span: 3 hours}
steps:
  pause: null
  resume: null
  close: {by: [officer, leader]}
roles:
  leader: {title: {zh: 负责人, en: Leader}}
"""
    procedure = read_procedure(own, "own", {"small": SMALL})
    assert procedure.code == "other"
    assert procedure.deadlines["limit"].span == Span(3, Unit.HOUR)
    assert procedure.deadlines["limit"].ends == ("close",)
    assert set(procedure.steps) == {"close"}
    assert procedure.steps["close"].by == ("officer", "leader")
    assert procedure.marks[("roles", "leader")].file == "own"
    assert procedure.marks[("roles", "officer")].file == "small"


def test_a_condition_is_replaced_whole() -> None:
    base = SMALL.replace("fields:\n", "conditions:\n  rare: {all: [{flag: serious}]}\nfields:\n", 1)
    own = "extends: small\nconditions:\n  rare: {any: [{flag: serious}]}\n"
    assert (
        read_procedure(own, "own", {"small": base}).conditions["rare"]
        != read_procedure(base, "b", {}).conditions["rare"]
    )


def test_roles_that_nobody_holds() -> None:
    procedure = read_procedure(procedure_texts()["ordinary-ws"], "ordinary-ws", procedure_texts())
    everybody = set(procedure.roles)
    assert vacant_roles(procedure, everybody) == []
    (problem,) = vacant_roles(procedure, everybody - {"chair"})
    assert problem.file == "ordinary"
    assert problem.line == line_of(procedure_texts()["ordinary"], "  chair:")
    assert "Hearing chair" in problem.sentence.en


def test_an_unused_role_need_not_be_held() -> None:
    procedure = shipped_procedures()["ordinary"]
    used = {role for step in procedure.steps.values() for role in step.by}
    assert vacant_roles(procedure, used) == []


def test_a_text_may_extend_an_older_one_of_its_own_code() -> None:
    own = "extends: small\ncode: small\ntitle: {zh: 新, en: New}\n"
    checked = read_procedure(own, "procedure", {"small": SMALL})
    assert build_procedure(own, "small", {"small": SMALL}) == checked
    assert checked.title.en == "New"
