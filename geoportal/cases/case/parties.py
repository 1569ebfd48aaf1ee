"""Who takes part in a case, on its page; numbers and telephones in full only for who may read them."""

from typing import Any

from geoportal.cases.formatting import mask_number
from layers.casework.models import Case, PartyKind
from layers.casework.parties import CaseParty, parties_of, party_roles

Shown = dict[str, Any]


def party_rows(case: Case, in_full: bool, typed: Shown) -> list[Shown]:
    """The principal first; its ``id`` is None, for the case's own form corrects it."""
    return [_row(party, in_full, typed.get(f"party-{party.row}", {})) for party in parties_of(case)]


def _row(party: CaseParty, in_full: bool, typed: Shown) -> Shown:
    """``entered`` is what was typed and not kept."""
    shown = str if in_full else mask_number
    return {
        "id": party.row,
        "role": party.role.code,
        "role_title": str(party.role.title),
        "kind": party.kind,
        "kind_title": str(PartyKind(party.kind).label),
        "name": party.name,
        "identity": shown(party.identity),
        "phone": shown(party.phone),
        "address": party.address,
        "head": party.head,
        "representative": party.representative,
        "entered": typed,
    }


def party_choices(case: Case) -> Shown:
    """The roles besides the principal's, and the kinds that one of them may have."""
    roles = [role for role in party_roles(case).values() if not role.principal]
    allowed = {kind for role in roles for kind in role.kinds}
    return {
        "roles": [{"value": role.code, "title": str(role.title)} for role in roles],
        "kinds": [
            {"value": value, "title": str(title)} for value, title in PartyKind.choices if value in allowed
        ],
    }
