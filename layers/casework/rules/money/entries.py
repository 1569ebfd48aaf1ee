"""What stands in a case's account: each entry comes from a step in its log and is made of nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from layers.casework.procedures.conditions import amount
from layers.casework.procedures.model import Procedure, Step
from layers.casework.procedures.money import EntryKind, MoneyStep
from layers.casework.rules.forms.form_input import parse_date, parse_money

FEN = Decimal("0.01")
NOTHING = Decimal(0)
MOST_PARTS = 60
CHANGING = (EntryKind.DECIDED, EntryKind.CANCELLED)


@dataclass(frozen=True)
class MoneyEntry:
    """Yuan; ``channel`` is a choice of the step's field, ``parts`` how many instalments end on ``until``."""

    kind: EntryKind
    on: date
    step: str
    amount: Decimal = NOTHING
    receipt: str = ""
    channel: str = ""
    until: date | None = None
    parts: int = 1


@dataclass(frozen=True)
class MoneyRecord:
    """A step that was taken: ``day`` is when it was entered, ``fields`` what its form was given."""

    step: str
    day: date
    fields: Mapping[str, Any]


def money_entries(procedure: Procedure, records: Iterable[MoneyRecord]) -> tuple[MoneyEntry, ...]:
    """In the order of the log."""
    found: tuple[MoneyEntry, ...] = ()
    for record in records:
        found += added_entries(procedure, found, record)
    return found


def added_entries(
    procedure: Procedure, before: Sequence[MoneyEntry], record: MoneyRecord
) -> tuple[MoneyEntry, ...]:
    """What a step adds. What was paid stays paid when the step that decided it is voided."""
    step = procedure.steps.get(record.step)
    if step is None or procedure.money is None:
        return ()
    found = [money_entry(step, step.money, record.fields, record.day)] if step.money else []
    standing = next((each for each in reversed(before) if each.kind in CHANGING), None)
    if standing and standing.kind is EntryKind.DECIDED and standing.step in step.voids:
        found.insert(0, MoneyEntry(EntryKind.CANCELLED, record.day, step.code))
    return tuple(found)


def money_entry(step: Step, rule: MoneyStep, given: Mapping[str, Any], day: date) -> MoneyEntry:
    """Amounts and numbers of instalments that are none are refused elsewhere."""
    return MoneyEntry(
        rule.entry,
        parse_date(given.get(rule.on)) or day,
        step.code,
        parse_money(given.get(rule.amount)) or NOTHING,
        str(given.get(rule.receipt) or "").strip(),
        str(given.get(rule.channel) or ""),
        parse_date(given.get(rule.until)),
        instalment_count(given.get(rule.parts)) or 1,
    )


def instalment_count(value: Any) -> int | None:
    number = amount(value)
    return int(number) if number is not None and 1 <= number <= MOST_PARTS and number % 1 == 0 else None
