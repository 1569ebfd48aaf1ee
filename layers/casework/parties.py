"""Everybody who takes part in a case, in the roles of its procedure; the principal party first."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from .models import Case, Party, PartyKind
from .principal import changed_principal, principal_row
from .procedures import PARTY, PartyRole
from .procedures.versions import NoProcedure, procedure_of


@dataclass(frozen=True)
class CaseParty:
    """``row`` is the number of its row, None where it is not saved; ``kind`` is a code of PartyKind."""

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


def principal_role(case: Case) -> PartyRole:
    return next(role for role in party_roles(case).values() if role.principal)


def principal_of(case: Case) -> CaseParty:
    return _of_row(principal_row(case), case)


def parties_of(case: Case, rows: Iterable[Party] | None = None) -> list[CaseParty]:
    """The principal first, where one is known; then the others in the order in which they came, as ``rows`` say it."""
    if rows is None:
        rows = () if case._state.adding else case.parties.all()
    if changed := changed_principal(case):
        rows = (changed, *(each for each in rows if not each.is_principal))
    return [party for party in (_of_row(each, case) for each in rows) if party.is_known]


def _of_row(row: Party, case: Case) -> CaseParty:
    """A role that the case's procedure has no more keeps its code for a title."""
    role = principal_role(case) if row.is_principal else party_roles(case).get(row.role)
    return CaseParty(
        role=role or PartyRole(row.role, PARTY.title, names=PARTY.names.NOBODY),
        kind=row.kind,
        name=row.name,
        identity=row.identity,
        phone=row.phone,
        address=row.address,
        head=row.head,
        representative=row.representative,
        row=row.pk,
    )
