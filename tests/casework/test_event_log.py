"""The log: added to by every verb, never changed, sealed, and proved."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from layers.casework.cases import assignment
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.log.event_log import chain_head, log_flaws
from layers.casework.models import Case, Event
from layers.enforcement.models import PenaltyDecision
from tests.casework.conftest import Open, People
from tests.casework.sealing import change_as_owner, seal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE casework_event SET who = 'somebody else'",
        "DELETE FROM casework_event",
        "UPDATE casework_event SET data = '{}'",
        "DELETE FROM casework_seal",
        "UPDATE casework_seal SET hash = '\\x00'",
        "UPDATE casework_procedureversion SET text = ''",
    ],
)
def test_the_database_refuses_to_change_what_is_kept(statement: str, open_ordinary: Open) -> None:
    open_ordinary()
    seal()
    with pytest.raises(DatabaseError, match="is kept"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.count() == 1


def append_only_tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'casework_append_only' ORDER BY 1"
        )
        tables = [table for (table,) in cursor.fetchall()]
    assert len(tables) == 8
    return tables


def test_the_database_refuses_to_empty_a_table_that_is_kept(open_ordinary: Open) -> None:
    open_ordinary()
    seal()
    for table in append_only_tables():
        emptied = pytest.raises(DatabaseError, match="is kept")
        with emptied, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {table} CASCADE")


def test_every_event_is_sealed_in_order_and_the_command_proves_it(
    open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    assignment.add_note(case.pk, "电话核实", people["first"])
    assignment.add_note(case.pk, "再次核实", people["second"])
    seal()
    assert chain_head()[0] == 3
    out = StringIO()
    call_command("verify_log", stdout=out)
    number, last = chain_head()
    assert f"Head {number}:{last}" in out.getvalue()
    call_command("verify_log", head=f"{number}:{last}", stdout=out)


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        (
            'UPDATE casework_event SET data = data || \'{"note": "x"}\' WHERE id = (SELECT min(id) FROM casework_event)',
            "not what was sealed",
        ),
        (
            "UPDATE casework_event SET at = at - interval '1 day' WHERE id = (SELECT max(id) FROM casework_event)",
            "not what was sealed",
        ),
        ("DELETE FROM casework_event WHERE id = (SELECT min(id) FROM casework_event)", "event is missing"),
        ("DELETE FROM casework_seal WHERE seq = 2", "missing"),
        ("DELETE FROM casework_seal WHERE seq = 3", "never sealed"),
    ],
)
def test_whoever_gets_around_the_guard_is_found_out(
    statement: str, problem: str, open_ordinary: Open, people: People
) -> None:
    case = open_ordinary()
    for text in ("一", "二"):
        assignment.add_note(case.pk, text, people["first"])
    seal()
    assert not list(log_flaws())
    change_as_owner(statement)
    assert any(problem in flaw.problem for flaw in log_flaws())
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_log", stderr=StringIO())


def test_a_log_that_was_cut_off_is_found_out_by_an_earlier_head(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    assignment.add_note(case.pk, "一", people["first"])
    seal()
    number, last = chain_head()
    change_as_owner(
        "DELETE FROM casework_seal WHERE seq = 2", "DELETE FROM casework_event WHERE kind = 'note'"
    )
    call_command("verify_log", stdout=StringIO())
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_log", head=f"{number}:{last}", stderr=StringIO())


def test_what_is_written_past_the_verbs_leaves_an_event_with_old_and_new(open_ordinary: Open) -> None:
    case = open_ordinary()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL geoportal.acting = ''")
    Case.objects.filter(pk=case.pk).update(title="别的案由")
    event = case.events.last()
    assert event is not None
    assert event.kind == "written"
    assert event.data["changed"] == {"title": ["超规划许可面积建设", "别的案由"]}


def test_what_is_written_to_the_row_beside_a_case_leaves_an_event_too(open_ordinary: Open) -> None:
    case = open_ordinary()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL geoportal.acting = ''")
    decision = PenaltyDecision.objects.create(case=case, penalty="warning")
    PenaltyDecision.objects.update(penalty="fine", fine=200)
    decision.delete()
    written = [event.data["changed"] for event in case.events.filter(kind="written").order_by("pk")]
    assert [each["penalty"] for each in written] == [[None, "warning"], ["warning", "fine"], ["fine", None]]
    assert [each.get("fine") for each in written] == [[None, None], [None, 200.00], [200.00, None]]


def test_a_step_keeps_the_layers_around_the_case_as_they_stood(open_ordinary: Open, people: People) -> None:
    from layers.base.models import Building

    case = open_ordinary()
    Building.objects.filter(name="政务大楼").update(name="改建后的大楼")
    take_step(case.pk, "check_lead", people["first"], StepInput())
    before, after = (event.map_snapshot for event in case.events.order_by("pk"))
    assert before is not None
    assert after is not None
    names = [
        {f["properties"].get("name") for f in each.content["buildings"]["features"]}
        for each in (before, after)
    ]
    assert "政务大楼" in names[0]
    assert "政务大楼" not in names[1]
    assert "party_name" not in str(before.content)
