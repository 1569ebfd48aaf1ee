"""What an entry may not be: nothing, no amount of money, the same receipt twice, more given back than there is."""

from collections.abc import Iterator, Mapping
from typing import Any

from layers.casework.procedures.conditions import amount
from layers.casework.procedures.money import EntryKind, MoneyStep
from layers.casework.rules.case_snapshot import CaseDates, CaseSnapshot
from layers.casework.rules.forms.form_input import parse_money
from layers.casework.rules.money.entries import MOST_PARTS, MoneyEntry, instalment_count, money_entry
from layers.registry.text import Text

from .refusals import Refusal, refusal
from .step_attempt import StepAttempt

POSITIVE = {EntryKind.PAID, EntryKind.REFUNDED, EntryKind.REDUCED}


def money_refusals(attempt: StepAttempt, dates: CaseDates) -> Iterator[Refusal]:
    step = attempt.step
    if step.money is None:
        return
    entry = money_entry(step, step.money, attempt.fields, dates.today)
    for each in (*_form_problems(step.money, attempt.fields), *_entry_problems(entry, attempt.case)):
        yield refusal("money", step, each.zh, each.en)


def _form_problems(rule: MoneyStep, given: Mapping[str, Any]) -> Iterator[Text]:
    """Numbers that are neither amounts of money nor of instalments; what is no number the form refuses itself."""
    yuan, parts = given.get(rule.amount), given.get(rule.parts)
    if amount(yuan) is not None and parse_money(yuan) is None:
        yield Text("金额最多两位小数，且不得过大", "The amount has more than two decimals or is too large")
    elif rule.entry in POSITIVE and (parse_money(yuan) or 0) <= 0:
        yield Text("金额须大于零", "The amount must be above zero")
    if amount(parts) is not None and instalment_count(parts) is None:
        yield Text(
            f"期数须为 1 至 {MOST_PARTS} 的整数",
            f"The number of instalments is a whole number from 1 to {MOST_PARTS}",
        )


def _entry_problems(entry: MoneyEntry, case: CaseSnapshot) -> Iterator[Text]:
    account = case.account
    if entry.receipt and any(each.receipt == entry.receipt for each in case.entries):
        yield Text(
            f"票据号 {entry.receipt} 已登记过",
            f"A receipt with the number {entry.receipt} is in the account already",
        )
    if entry.kind is EntryKind.REFUNDED and entry.amount > account.overpaid:
        yield Text(f"只多缴了 {account.overpaid} 元", f"Only {account.overpaid} yuan were paid too much")
    if entry.kind is EntryKind.REDUCED and entry.amount > account.owed_surcharge:
        yield Text(
            f"加处罚款只欠 {account.owed_surcharge} 元",
            f"Only {account.owed_surcharge} yuan of what was added are owed",
        )
