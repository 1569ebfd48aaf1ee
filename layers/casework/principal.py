"""The principal party of a case: a row of its parties, of which the case's own columns tell."""

from copy import copy

from .models import Case, Party, PartyKind

PRINCIPAL = {
    "party_kind": "kind",
    "party_name": "name",
    "party_id": "identity",
    "party_phone": "phone",
    "party_address": "address",
    "party_head": "head",
    "party_representative": "representative",
}
"""Columns of the row by what forms and the log call them."""
TOLD = ("party_kind", "party_name", "party_id", "party_phone")
"""Those that the case has as well; the database keeps them as the row has them."""
_CHANGED = "principal"


def longest(name: str) -> int:
    """Characters that are taken of it; of numbers more than are kept, for these are kept without their spaces."""
    return 200 if name == "party_address" else 120


def principal_row(case: Case) -> Party:
    """Not saved yet where nobody was named."""
    row = changed_principal(case)
    if row is None:
        row = case.parties.filter(is_principal=True).first() or _unnamed(case)
    return row


def changed_principal(case: Case) -> Party | None:
    """The row of a case that is not saved, or that was written to and is not saved yet."""
    row: Party | None = case._state.fields_cache.get(_CHANGED)
    return _unnamed(case) if row is None and case._state.adding else row


def write_principal(case: Case, column: str, value: str) -> None:
    """In memory, until :func:`save_principal`."""
    row = principal_row(case)
    setattr(row, column, value)
    _hold(case, row)


def copy_principal(case: Case, to: Case) -> None:
    """For a copy of the case that nobody saves."""
    row = copy(principal_row(case))
    row.case = to
    _hold(to, row)


def save_principal(case: Case) -> None:
    """What was written to the row of a case that is saved; nobody needs no row."""
    row: Party | None = case._state.fields_cache.pop(_CHANGED, None)
    if row is None:
        return
    said = {column: getattr(row, column) for column in PRINCIPAL.values()}
    if row.pk or any(value for value in said.values() if value != PartyKind.NONE):
        Party.objects.update_or_create(case=case, is_principal=True, defaults=said)


def _hold(case: Case, row: Party) -> None:
    case._state.fields_cache[_CHANGED] = row
    for name in TOLD:
        setattr(case, name, getattr(row, PRINCIPAL[name]))


def _unnamed(case: Case) -> Party:
    return Party(case=case, is_principal=True, **{PRINCIPAL[name]: getattr(case, name) for name in TOLD})
