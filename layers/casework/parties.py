"""Everybody who takes part in a case: the principal party of its own columns and those of rows, told alike."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .models import Case, Party, PartyKind
from .procedures import PARTY, PartyRole
from .procedures.versions import NoProcedure, procedure_of


@dataclass(frozen=True)
class CaseParty:
    """``row`` is the number of its row, None for the principal party; ``kind`` is a code of PartyKind."""

    role: PartyRole
    kind: str
    name: str
    identity: str = ""
    phone: str = ""
    address: str = ""
    head: str = ""
    representative: str = ""
    row: int | None = None

    @property
    def is_person(self) -> bool:
        return self.kind == PartyKind.PERSON

    @property
    def is_known(self) -> bool:
        return bool(self.name or self.identity or self.phone)


def party_roles(case: Case) -> Mapping[str, PartyRole]:
    """By code; of a case without procedure the principal's alone."""
    try:
        return procedure_of(case).parties
    except NoProcedure:
        return {PARTY.code: PARTY}


def principal_of(case: Case) -> CaseParty:
    fields = case.fields
    return CaseParty(
        role=next(role for role in party_roles(case).values() if role.principal),
        kind=case.party_kind,
        name=case.party_name,
        identity=case.party_id,
        phone=case.party_phone,
        address=str(fields.get("party_address") or ""),
        head=str(fields.get("party_head") or ""),
    )


def parties_of(case: Case, rows: Iterable[Party] | None = None) -> list[CaseParty]:
    """The principal first, where one is known; then the others in the order in which they came, as ``rows`` say it."""
    principal, roles = principal_of(case), party_roles(case)
    if rows is None:
        rows = () if case._state.adding else case.parties.all()
    return [principal] * principal.is_known + [_of_row(each, roles) for each in rows]


def _of_row(row: Party, roles: Mapping[str, PartyRole]) -> CaseParty:
    """A role that the case's procedure has no more keeps its code for a title."""
    role = roles.get(row.role) or PartyRole(row.role, PARTY.title, names=PARTY.names.NOBODY)
    return CaseParty(
        role=role,
        kind=row.kind,
        name=row.name,
        identity=row.identity,
        phone=row.phone,
        address=row.address,
        head=row.head,
        representative=row.representative,
        row=row.pk,
    )
