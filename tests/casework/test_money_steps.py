"""No case ends with something owed: from a fine that is paid late and in parts to its archive, by a clock that is set."""

from datetime import datetime

import pytest
from django.core.management import call_command
from django.db import connection

from geoportal.field.serializers import case_json
from layers.casework.access.actor import NotAllowed
from layers.casework.analytics.filters import CaseFilter
from layers.casework.cases.effects import StepInput
from layers.casework.cases.overdue import record_overdue_limits
from layers.casework.cases.replay import replay
from layers.casework.cases.transitions import take_step
from layers.casework.log.case_snapshots import case_snapshot
from layers.casework.models import Account, Case, EventKind
from layers.casework.procedures.versions import procedure_of
from tests.casework.conftest import Open, People
from tests.casework.papers import make_papers
from tests.casework.test_limits import Clock, at, clock
from tests.casework.test_money import yuan
from tests.casework.test_steps import investigated, noticed

__all__ = ["clock"]
pytestmark = pytest.mark.django_db


def payment(yuan: str, receipt: str) -> StepInput:
    return StepInput({"paid": yuan, "receipt_number": receipt, "channel": "bank"})


def counted(measure: str, now: datetime) -> int:
    return Case.objects.filter(CaseFilter(measure=measure).q(now)).count()


def decided(case: Case, people: People) -> None:
    """A fine of 20,000 yuan, delivered on 21 September: to be paid until 8 October, after the holiday."""
    investigated(case, people)
    noticed(case, people)
    take_step(case.pk, "waive_hearing", people["first"])
    take_step(case.pk, "conclude_notice", people["leader"])
    make_papers(case, people["first"], "decide_penalty")
    take_step(
        case.pk,
        "decide_penalty",
        people["head"],
        StepInput({"penalty": "fine", "fine": "20000", "decision_text": "罚款"}),
    )
    served = StepInput({"method": "direct", "delivered_on": "2026-09-21"}, partner=people["second"].officer)
    make_papers(case, people["first"], "deliver")
    take_step(case.pk, "deliver", people["first"], served)


def test_a_case_ends_only_when_neither_side_owes_the_other(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case, fulfilled = open_ordinary(), StepInput({"fulfilment": "已履行"})
    decided(case, people)
    assert Account.objects.get().owed == 20000
    take_step(case.pk, "record_payment", people["first"], payment("100", "A1"))
    with pytest.raises(NotAllowed, match="尚未缴清"):
        take_step(case.pk, "record_fulfilment", people["first"], fulfilled)
    with pytest.raises(NotAllowed, match="A1 已登记过"):
        take_step(case.pk, "record_payment", people["first"], payment("100", "A1"))
    clock.now = at(10, 18)
    account = case_snapshot(Case.objects.get(pk=case.pk)).account
    assert yuan(account.surcharge, account.owed) == [5970, 25870]  # ten days of 3 % of 19,900
    assert (counted("fined", clock.now), counted("arrears", clock.now), counted("collected", clock.now)) == (
        1,
        1,
        0,
    )
    take_step(case.pk, "record_payment", people["first"], payment("19900", "A2"))
    with pytest.raises(NotAllowed, match="尚未缴清"):
        take_step(case.pk, "record_fulfilment", people["first"], fulfilled)
    take_step(case.pk, "record_payment", people["first"], payment("6000", "A3"))
    take_step(case.pk, "record_fulfilment", people["first"], fulfilled)
    with pytest.raises(NotAllowed, match="多缴的须已退还"):
        take_step(case.pk, "close", people["head"])
    with pytest.raises(NotAllowed, match=r"只多缴了 30\.00 元"):
        take_step(
            case.pk, "refund", people["leader"], StepInput({"refunded": "30.01", "receipt_number": "B1"})
        )
    take_step(case.pk, "refund", people["leader"], StepInput({"refunded": "30", "receipt_number": "B1"}))
    assert (counted("arrears", clock.now), counted("collected", clock.now)) == (0, 1)
    make_papers(case, people["first"], "close")
    take_step(case.pk, "close", people["head"])
    case.refresh_from_db()
    money = case_json(case)["money"]
    assert (money["owed"], money["overpaid"], money["surcharge"]) == ("0", "0", "5970.00")
    again = replay(case, procedure_of(case))
    assert again.is_complete
    assert not [each for each in again.steps if each.refusals]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    call_command("verify_log")


@pytest.mark.parametrize(
    ("recorded", "told"),
    [(at(9, 25), {}), (at(10, 20), {"paid_on": "2026-09-30"})],
    ids=["recorded in time", "recorded later"],
)
def test_who_paid_all_in_time_is_not_told_that_the_time_to_pay_ran_out(
    recorded: datetime, told: dict[str, str], open_ordinary: Open, people: People, clock: Clock
) -> None:
    case = open_ordinary()
    decided(case, people)
    clock.now = recorded
    paid = payment("20000", "A1")
    take_step(case.pk, "record_payment", people["first"], StepInput({**paid.fields, **told}))
    limit = case.limits.get(code="payment")
    assert (limit.status, limit.ended) == ("met", at(9, 30, 0) if told else recorded)
    clock.now = at(11, 20)
    record_overdue_limits()
    ran_out = {each.data["limit"] for each in case.events.filter(kind=EventKind.OVERDUE)}
    assert "payment" not in ran_out


def test_who_paid_a_part_is_told(open_ordinary: Open, people: People, clock: Clock) -> None:
    case = open_ordinary()
    decided(case, people)
    take_step(case.pk, "record_payment", people["first"], payment("19999.99", "A1"))
    clock.now = at(11, 20)
    record_overdue_limits()
    assert case.events.filter(kind=EventKind.OVERDUE, data__limit="payment").count() == 1


def test_instalments_put_the_surcharge_and_the_demand_off(
    open_ordinary: Open, people: People, clock: Clock
) -> None:
    case = open_ordinary()
    decided(case, people)
    yesterday = StepInput({"until": "2026-09-21", "instalments": 2}, reason="经济困难")
    with pytest.raises(NotAllowed, match="须晚于今天"):
        take_step(case.pk, "approve_deferral", people["head"], yesterday)
    plan = StepInput({"until": "2026-11-20", "instalments": 2}, reason="经济困难")
    take_step(case.pk, "approve_deferral", people["head"], plan)
    clock.now = at(10, 21)
    account = case_snapshot(Case.objects.get(pk=case.pk)).account
    assert [(str(each.due), float(each.amount)) for each in account.instalments] == [
        ("2026-10-21", 10000),
        ("2026-11-20", 10000),
    ]
    assert yuan(account.surcharge, account.late) == [0, 0]
    clock.now = at(10, 31)  # ten days after the first one, which nobody paid
    assert case_snapshot(Case.objects.get(pk=case.pk)).account.surcharge == 3000
    pair = StepInput(partner=people["second"].officer)
    with pytest.raises(NotAllowed, match="延期（分期）缴纳"):
        take_step(case.pk, "issue_demand", people["first"], pair)
    clock.now = at(11, 21)
    take_step(case.pk, "issue_demand", people["first"], pair)
