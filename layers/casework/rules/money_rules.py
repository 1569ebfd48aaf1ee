"""What an entry may not be: nothing, the same receipt twice, more given back than there is."""

from collections.abc import Iterator

from layers.casework.procedures.conditions import amount
from layers.casework.procedures.money import EntryKind

from .case_snapshot import CaseDates
from .money.entries import MOST_PARTS, money_entry
from .refusals import Refusal, refusal
from .step_attempt import StepAttempt

POSITIVE = {EntryKind.PAID, EntryKind.REFUNDED, EntryKind.REDUCED}


def money_refusals(attempt: StepAttempt, dates: CaseDates) -> Iterator[Refusal]:
    step, case = attempt.step, attempt.case
    if step.money is None:
        return
    entry, account = money_entry(step, step.money, attempt.fields, dates.today), case.account
    if entry.kind in POSITIVE and entry.amount <= 0:
        yield refusal("money", step, "金额须大于零", "The amount must be above zero")
    if entry.receipt and any(each.receipt == entry.receipt for each in case.entries):
        yield refusal(
            "money",
            step,
            f"票据号 {entry.receipt} 已登记过",
            f"A receipt with the number {entry.receipt} is in the account already",
        )
    parts = amount(attempt.fields.get(step.money.parts)) or 1
    if parts > MOST_PARTS or parts != int(parts):
        yield refusal(
            "money",
            step,
            f"期数须为不超过 {MOST_PARTS} 的整数",
            f"There are at most {MOST_PARTS} instalments, a whole number",
        )
    if entry.kind is EntryKind.REFUNDED and entry.amount > account.overpaid:
        yield refusal(
            "money",
            step,
            f"只多缴了 {account.overpaid} 元",
            f"Only {account.overpaid} yuan were paid too much",
        )
    if entry.kind is EntryKind.REDUCED and entry.amount > account.owed_surcharge:
        yield refusal(
            "money",
            step,
            f"加处罚款只欠 {account.owed_surcharge} 元",
            f"Only {account.owed_surcharge} yuan of what was added are owed",
        )
