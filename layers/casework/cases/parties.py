"""Verbs about who takes part in a case; the log keeps what was said of them before."""

from collections.abc import Mapping
from copy import copy

from django.core.exceptions import ValidationError

from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import check_department, check_open_file
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, Event, EventKind, Party, PartyKind
from layers.casework.parties import party_roles, principal_role
from layers.casework.principal import PRINCIPAL, principal_row, write_principal
from layers.casework.procedures import PartyRole
from layers.casework.publication import lifecycle
from layers.casework.rules.party_values import PartyValueError, identity_number, telephone
from layers.registry.text import Text

COLUMNS = tuple(PRINCIPAL.values())
MOST = 50
"""Parties of one case besides the principal."""
CORRECTED = "当事人信息已更正，须重新审核"
Changes = dict[str, list[str]]


def correct_party(
    case_id: int, given: Mapping[str, str], reason: str, actor: Actor, revision: int | None = None
) -> Event:
    """Say who the principal party is, or say it differently. Leaves as it is what is not given."""
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        _check_reason(reason)
        party = copy(principal_row(case))
        written = _write(party, {PRINCIPAL[name]: value for name, value in given.items()})
        if party.kind != PartyKind.NONE and "kind" in written:
            _check_kind(principal_role(case), party.kind)
        for column, (_, value) in written.items():
            write_principal(case, column, value)
        if {"kind", "name"} & written.keys():
            lifecycle.end_publications(case, CORRECTED, actor)
        else:
            lifecycle.end_if_outdated(case, CORRECTED, actor)
        changed = {name: written[column] for name, column in PRINCIPAL.items() if column in written}
        return append_event(case, actor, Entry(EventKind.PARTY, data={"changed": changed, "reason": reason}))


def add_party(
    case_id: int, role: str, given: Mapping[str, str], actor: Actor, revision: int | None = None
) -> Event:
    """Somebody else who takes part in the case, in a role of its procedure."""
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        return add_row(case, role, given, actor)


def add_row(case: Case, role: str, given: Mapping[str, str], actor: Actor) -> Event:
    """The same of a case that is held already, such as one that is just opened."""
    if case.parties.filter(is_principal=False).count() >= MOST:
        raise NotAllowed(
            Text(f"一件案件最多登记 {MOST} 名参与人。", f"A case has {MOST} further parties at most.")
        )
    party = Party(case=case, role=_further_role(case, role).code)
    changed = _write(party, given)
    _check_party(case, party)
    party.save()
    return _log(case, party, actor, "added", changed)


def update_party(
    case_id: int,
    party_id: int,
    given: Mapping[str, str],
    reason: str,
    actor: Actor,
    revision: int | None = None,
) -> Event:
    """Say differently who it is. Leaves as it is what is not given."""
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        _check_reason(reason)
        party = _row(case, party_id)
        changed = _write(party, given)
        _check_party(case, party)
        party.save()
        return _log(case, party, actor, "corrected", changed, reason)


def remove_party(
    case_id: int, party_id: int, reason: str, actor: Actor, revision: int | None = None
) -> Event:
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        check_open_file(case)
        _check_reason(reason)
        party = _row(case, party_id)
        changed = {name: [getattr(party, name), ""] for name in COLUMNS if getattr(party, name)}
        Party.objects.filter(pk=party.pk).delete()
        return _log(case, party, actor, "removed", changed, reason)


def _log(case: Case, party: Party, actor: Actor, act: str, changed: Changes, reason: str = "") -> Event:
    """What is public ends where the party changes what may be said in public."""
    lifecycle.end_if_outdated(case, CORRECTED, actor)
    data = {"party": party.pk, "role": party.role, "act": act, "changed": changed}
    return append_event(
        case, actor, Entry(EventKind.PARTY, data={**data, "reason": reason} if reason else data)
    )


def _write(row: Party, given: Mapping[str, str]) -> Changes:
    """What is now different; nothing is not allowed."""
    changed: Changes = {}
    for name in COLUMNS:
        was = getattr(row, name)
        value = given.get(name, was).strip()
        if value != was and (value := _checked_value(row, name, value)) != was:
            changed[name] = [was, value]
            setattr(row, name, value)
    if not changed:
        raise NotAllowed(Text("当事人信息没有变化。", "Nothing about the party was changed."))
    return changed


def _checked_value(row: Party, name: str, value: str) -> str:
    """As it is kept."""
    field = row._meta.get_field(name)
    label = field.verbose_name  # type: ignore[union-attr]
    try:
        field.clean(value, row)  # type: ignore[union-attr]
        if name == "kind" and value == PartyKind.NONE and not row.is_principal:
            raise ValidationError(value)
        if name == "identity":
            return identity_number(row.kind, value)
        return telephone(value) if name == "phone" else value
    except PartyValueError as problem:
        raise NotAllowed(problem.sentence) from problem
    except ValidationError as problem:
        if not value:
            raise NotAllowed(Text(f"须填写“{label.zh}”。", f'"{label.en}" must be filled in.')) from problem  # type: ignore[union-attr]
        raise NotAllowed(
            Text(f"“{label.zh}”过长或有误。", f'"{label.en}" is too long or wrong.')  # type: ignore[union-attr]
        ) from problem


def _check_party(case: Case, party: Party) -> None:
    if not party.name:
        raise NotAllowed(Text("须写明姓名或名称。", "A name must be given."))
    role = party_roles(case).get(party.role)
    if role is not None:
        _check_kind(role, party.kind)


def _check_kind(role: PartyRole, kind: str) -> None:
    if kind not in role.kinds:
        known = [PartyKind(each).label for each in role.kinds]
        zh, en = "、".join(each.zh for each in known), " or ".join(each.en for each in known)  # type: ignore[attr-defined]
        raise NotAllowed(
            Text(f"“{role.title.zh}”须是{zh}。", f'"{role.title.en}" must be of this kind: {en}.')
        )


def _further_role(case: Case, code: str) -> PartyRole:
    role = party_roles(case).get(code)
    if role is None or role.principal:
        raise NotAllowed(
            Text("本案程序没有这种参与人。", "The case's procedure knows of nobody who takes part so.")
        )
    return role


def _row(case: Case, party_id: int) -> Party:
    found = case.parties.filter(pk=party_id, is_principal=False).first()
    if found is None:
        raise NotAllowed(Text("案件中没有该参与人。", "Nobody of this number takes part in the case."))
    return found


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotAllowed(Text("须写明理由。", "A reason must be given."))
