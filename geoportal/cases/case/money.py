"""The account of a case as its page shows it: what is owed today, and every entry by which it came to that."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from layers.casework.documents.amounts import yuan
from layers.casework.procedures import Procedure
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.money.account import Account
from layers.casework.rules.money.entries import MoneyEntry

Shown = dict[str, Any]


def money_context(snapshot: CaseSnapshot | None) -> Shown | None:
    """None where nothing was ever decided or paid."""
    if snapshot is None or not snapshot.entries or snapshot.procedure.money is None:
        return None
    account = snapshot.account
    return {
        "figures": [{"title": title, "yuan": yuan(amount)} for title, amount in _figures(account)],
        "owed": yuan(account.owed) if account.owed else "",
        "overpaid": yuan(account.overpaid) if account.overpaid else "",
        "is_late": bool(account.late),
        "due": date_format(account.due) if account.due else "",
        "daily": str(snapshot.procedure.money.daily),
        "basis": str(snapshot.procedure.money.basis),
        "instalments": [
            {"due": date_format(each.due), "yuan": yuan(each.amount)} for each in account.instalments
        ],
        "entries": [_entry_row(snapshot.procedure, entry) for entry in snapshot.entries],
    }


def _figures(account: Account) -> Iterator[tuple[str, Decimal]]:
    yield _("Decided"), account.decided
    yield _("Added for being late"), account.surcharge
    if account.reduced:
        yield _("Waived"), account.reduced
    yield _("Paid"), account.paid
    if account.refunded:
        yield _("Paid back"), account.refunded
    if account.written_off:
        yield _("Given up by the court"), account.written_off


def _entry_row(procedure: Procedure, entry: MoneyEntry) -> Shown:
    step = procedure.steps[entry.step]
    channels = {
        code: title
        for field in step.fields
        if step.money and field.name == step.money.channel
        for code, title in field.choices.items()
    }
    return {
        "on": date_format(entry.on),
        "title": str(step.title),
        "yuan": yuan(entry.amount) if entry.amount else "",
        "receipt": entry.receipt,
        "channel": str(channels.get(entry.channel, entry.channel)),
    }
