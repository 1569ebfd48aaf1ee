"""Accounts of fines, counted by hand: the surcharge, its limit, what stops it, instalments, and money that comes twice."""

from datetime import date
from decimal import Decimal

import pytest

from layers.casework.procedures import Facts
from layers.casework.procedures.money import EntryKind, MoneyState
from layers.casework.rules.case_snapshot import CaseDates, CaseSnapshot, procedure_account
from layers.casework.rules.credentials import Credentials
from layers.casework.rules.money.account import Account, Instalment, account_on
from layers.casework.rules.money.entries import MoneyEntry, MoneyRecord, money_entries
from layers.casework.rules.steps.money_rules import money_refusals
from layers.casework.rules.steps.step_attempt import StepAttempt
from tests.room_texts import shipped_procedures

DUE = date(2026, 10, 8)
"""Fifteen days after 21 September end in the holiday, so on the first working day after it."""
FINE = MoneyEntry(EntryKind.DECIDED, date(2026, 9, 20), "decide_penalty", Decimal(60000))


def on(day: date, *entries: MoneyEntry, due: date | None = DUE) -> Account:
    return account_on(day, [FINE, *entries], due, Decimal(3))


def paid(yuan: int, day: date) -> MoneyEntry:
    return MoneyEntry(EntryKind.PAID, day, "record_payment", Decimal(yuan))


def yuan(*amounts: Decimal) -> list[float]:
    return [*map(float, amounts)]


@pytest.mark.parametrize(
    ("day", "added"),
    [
        (date(2026, 10, 8), 0),
        (date(2026, 10, 9), 1800),
        (date(2026, 10, 18), 18000),
        (date(2026, 11, 10), 59400),  # 33 days
        (date(2026, 11, 11), 60000),  # 34 days would be 61,200: never more than the fine
        (date(2027, 11, 11), 60000),
    ],
)
def test_three_percent_a_day_from_the_first_day_late_and_never_more_than_the_fine(
    day: date, added: int
) -> None:
    account = on(day)
    assert account.surcharge == added
    assert account.owed == 60000 + added
    assert account.states == {MoneyState.OWED} | ({MoneyState.LATE} if added else set())


def test_before_it_is_delivered_nothing_is_late() -> None:
    assert on(date(2027, 1, 1), due=None).owed == 60000


def test_of_a_fine_paid_in_part_the_rest_is_late() -> None:
    part = paid(20000, date(2026, 10, 18))  # ten days late with 60,000
    assert on(date(2026, 10, 18), part).surcharge == 18000
    account = on(date(2026, 10, 28), part)  # ten more with 40,000
    assert yuan(account.surcharge, account.owed_debt, account.owed) == [30000, 40000, 70000]
    rest = on(
        date(2026, 10, 28), part, paid(65000, date(2026, 10, 28))
    )  # the fine first, then what was added
    assert yuan(rest.owed, rest.owed_debt, rest.owed_surcharge) == [5000, 0, 5000]
    whole = on(date(2026, 12, 1), part, paid(70000, date(2026, 10, 28)))
    assert whole.states == {MoneyState.SETTLED}


def test_what_comes_twice_is_owed_to_the_party() -> None:
    twice = (paid(60000, date(2026, 10, 1)), paid(60000, date(2026, 10, 8)))
    account = on(date(2026, 11, 1), *twice)
    assert yuan(account.owed, account.overpaid, account.surcharge) == [0, 60000, 0]
    assert account.states == {MoneyState.OVERPAID}
    back = MoneyEntry(EntryKind.REFUNDED, date(2026, 11, 2), "refund", Decimal(60000))
    assert on(date(2026, 11, 2), *twice, back).states == {MoneyState.SETTLED}


def test_nothing_is_added_while_a_remedy_is_pending() -> None:
    halted = MoneyEntry(EntryKind.HALTED, date(2026, 10, 11), "record_remedy")
    concluded = MoneyEntry(EntryKind.CONTINUED, date(2026, 12, 10), "conclude_remedy")
    assert on(date(2026, 12, 1), halted).surcharge == 3600  # 9 and 10 October
    assert on(date(2026, 12, 12), halted, concluded).surcharge == 7200  # and 11 and 12 December


def test_instalments_are_late_one_by_one() -> None:
    plan = MoneyEntry(
        EntryKind.DEFERRED, date(2026, 10, 1), "approve_deferral", until=date(2026, 12, 30), parts=3
    )
    account = on(date(2026, 10, 8), plan)
    assert account.instalments == (
        Instalment(date(2026, 11, 2), Decimal(20000)),  # 31 October is a Saturday
        Instalment(date(2026, 11, 30), Decimal(20000)),
        Instalment(date(2026, 12, 30), Decimal(20000)),
    )
    assert account.due == date(2026, 11, 2)
    assert account.late == 0
    first = paid(20000, date(2026, 10, 30))
    assert on(date(2026, 11, 30), plan, first).surcharge == 0
    late = on(date(2026, 12, 5), plan, first)  # the second, by five days
    assert yuan(late.late, late.surcharge) == [20000, 3000]
    assert late.due == date(2026, 12, 30)


def test_what_does_not_divide_is_in_the_last_instalment() -> None:
    odd = MoneyEntry(EntryKind.DECIDED, date(2026, 9, 20), "decide_penalty", Decimal(100))
    plan = MoneyEntry(
        EntryKind.DEFERRED, date(2026, 10, 1), "approve_deferral", until=date(2026, 10, 31), parts=3
    )
    found = account_on(date(2026, 10, 1), [odd, plan], DUE, Decimal(3)).instalments
    assert [each.amount for each in found] == [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


def test_what_the_court_gave_up_is_owed_no_more() -> None:
    ended = MoneyEntry(EntryKind.ENDED, date(2027, 6, 1), "record_ruling")
    account = on(date(2027, 7, 1), paid(5000, date(2027, 5, 1)), ended)
    assert yuan(account.written_off, account.owed, account.overpaid) == [115000, 0, 0]


def test_a_revoked_fine_leaves_what_was_paid_to_be_paid_back() -> None:
    procedure = shipped_procedures()["ordinary"]
    day = date(2026, 10, 1)
    taken = [
        MoneyRecord("decide_penalty", day, {"fine": "3000.50"}),
        MoneyRecord("record_payment", day, {"paid": "3000.50", "receipt_number": "A1", "channel": "bank"}),
        MoneyRecord("revoke", day, {}),
    ]
    entries = money_entries(procedure, taken)
    assert [each.kind for each in entries] == [EntryKind.DECIDED, EntryKind.PAID, EntryKind.CANCELLED]
    assert account_on(day, entries, None, Decimal(3)).overpaid == Decimal("3000.50")
    again = money_entries(procedure, [*taken, MoneyRecord("decide_penalty", day, {"fine": 1000})])
    assert account_on(day, again, None, Decimal(3)).overpaid == Decimal("2000.50")


@pytest.mark.parametrize(
    ("step", "given", "sentence"),
    [
        ("decide_penalty", {"fine": "1e30"}, "The amount has more than two decimals or is too large"),
        ("decide_penalty", {"fine": "0.005"}, "The amount has more than two decimals or is too large"),
        ("record_payment", {"paid": "0"}, "The amount must be above zero"),
        ("refund", {"refunded": "0.01"}, "Only 0 yuan were paid too much"),
        *(
            ("approve_deferral", {"until": "2026-12-30", "instalments": parts}, "a whole number from 1 to 60")
            for parts in ("0", "-3", "1.5", "61", "1e999999")
        ),
    ],
)
def test_what_is_no_amount_and_no_number_of_instalments_is_refused(
    step: str, given: dict[str, str], sentence: str
) -> None:
    procedure = shipped_procedures()["ordinary"]
    case = CaseSnapshot(procedure, "execution", Facts())
    attempt = StepAttempt(case, procedure.steps[step], Credentials(1), fields=given)
    [refused] = money_refusals(attempt, CaseDates(date(2026, 10, 1)))
    assert sentence in refused.sentence.en


def test_what_is_decided_anew_is_not_late_before_it_has_a_limit_of_its_own() -> None:
    procedure, today = shipped_procedures()["ordinary"], date(2026, 12, 1)
    taken = [
        MoneyRecord("decide_penalty", date(2026, 9, 20), {"fine": "60000"}),
        MoneyRecord("revoke", date(2026, 10, 20), {}),
        MoneyRecord("decide_penalty", date(2026, 11, 20), {"fine": "1000"}),
    ]
    entries = money_entries(procedure, taken)
    undelivered = CaseDates(today, limits={"payment": DUE}, starts={"payment": date(2026, 9, 21)})
    account = procedure_account(procedure, entries, undelivered)
    assert account.due is None
    assert account.surcharge == 0
    assert account.states == {MoneyState.OWED}
    delivered = CaseDates(
        today, limits={"payment": date(2026, 11, 30)}, starts={"payment": date(2026, 11, 20)}
    )
    assert procedure_account(procedure, entries, delivered).surcharge == 30  # one day
