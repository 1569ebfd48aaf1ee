"""What a procedure's text says of money: which steps write to a case's account, and what being late costs."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from layers.registry.text import Text


class EntryKind(StrEnum):
    """``halted`` and ``continued``: what is late grows no further, and grows again; ``ended``: nobody collects it any more;
    ``cancelled``: what had decided it stands no longer, which no text writes."""

    DECIDED = "decided"
    PAID = "paid"
    REFUNDED = "refunded"
    REDUCED = "reduced"
    DEFERRED = "deferred"
    HALTED = "halted"
    CONTINUED = "continued"
    ENDED = "ended"
    CANCELLED = "cancelled"


class MoneyState(StrEnum):
    """What a condition may ask of an account. ``settled``: neither side owes the other anything."""

    OWED = "owed"
    LATE = "late"
    OVERPAID = "overpaid"
    SETTLED = "settled"


@dataclass(frozen=True)
class MoneyStep:
    """The entry that a step makes; all others are names of fields of its form, "" where it asks for none.

    ``on`` is the day that counts, the step's own where it is not said; ``until`` and ``parts`` are those of a deferral.
    """

    entry: EntryKind
    amount: str = ""
    on: str = ""
    receipt: str = ""
    channel: str = ""
    until: str = ""
    parts: str = ""

    @property
    def fields(self) -> tuple[str, ...]:
        return tuple(
            each
            for each in (self.amount, self.on, self.receipt, self.channel, self.until, self.parts)
            if each
        )


@dataclass(frozen=True)
class MoneyTerms:
    """``due`` is the limit within which is paid; each day later adds ``daily`` percent of what is late, at most what
    was decided. ``told`` are the roles outside that read what is to be paid, once the limit began."""

    due: str
    daily: Decimal
    basis: Text
    told: tuple[str, ...] = ()
