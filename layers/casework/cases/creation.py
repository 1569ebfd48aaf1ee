"""Opening a case: placed, numbered, given to a department, and kept once however often it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import MultiPolygon, Point
from django.db import transaction
from django.utils import timezone

from layers.agencies.models import Department, Officer
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.calendar.district import district_calendar
from layers.casework.case_types import case_type
from layers.casework.documents.serial_numbers import next_number
from layers.casework.log.case_lock import silence_write_trigger
from layers.casework.log.event_log import NO_REPORT, DeviceReport, save_event
from layers.casework.log.idempotency import lock_key
from layers.casework.log.map_snapshot import UNREAD, Surroundings, surroundings_with
from layers.casework.models import Case, LeadSource, PartyKind, ProcedureVersion, Subject
from layers.casework.principal import PRINCIPAL, save_principal, write_principal
from layers.casework.procedures import Procedure
from layers.casework.procedures.versions import read_version
from layers.casework.rules.opening_rules import Opening, opening_refusals
from layers.casework.rules.party_values import PartyValueError, identity_number, telephone
from layers.registry.audience import Audience
from layers.registry.text import Text

from .automatic_assignment import name_handler, record_assignment
from .effects import ActionContext, opening_effect
from .parties import add_row

PartyGiven = tuple[str, Mapping[str, str]]
"""Somebody besides the principal party: the role, and what is known of them."""
SubjectGiven = Mapping[str, Any]
"""A feature that the case is about: ``layer``, its number ``feature``, and ``title``, what it is called today."""


@dataclass(frozen=True)
class CaseIntake:
    """What is known when a case is opened; ``position`` is EPSG:4490, ``category`` a code of the procedure.

    ``category_title`` names a category that the procedure itself does not know.
    """

    title: str
    department: Department
    version: ProcedureVersion
    category: str = ""
    category_title: str = ""
    position: Point | None = None
    area: MultiPolygon | None = None
    accuracy: float | None = None
    address: str = ""
    description: str = ""
    lead_source: str = "patrol"
    party: dict[str, str] = field(default_factory=lambda: {"party_kind": "none"})
    parties: Sequence[PartyGiven] = ()
    subjects: Sequence[SubjectGiven] = ()
    partner: Officer | None = None
    reported: datetime | None = None
    key: UUID | None = None
    fields: dict[str, Any] = field(default_factory=dict)
    """What is known already of what its steps ask."""
    routing: dict[str, Any] = field(default_factory=dict)
    """What led to department and category, such as the rule that matched; kept in the log."""


@transaction.atomic
def open_case(
    intake: CaseIntake, actor: Actor, report: DeviceReport = NO_REPORT, around: Surroundings = UNREAD
) -> Case:
    """A case with the same key is given back as it is, whoever sends it again."""
    if intake.key is not None:
        lock_key(intake.key)
        sent = Case.objects.filter(key=intake.key).first()
        if sent:
            return sent
    procedure = read_version(intake.version.pk)
    if refused := opening_refusals(procedure, _opening(intake, procedure)):
        raise NotAllowed(*refused)
    intake = replace(intake, party=_checked_party(intake.party))
    silence_write_trigger()
    context = ActionContext(actor, timezone.now(), district_calendar(), report)
    case = new_case(intake, procedure, _number(intake, context.at), context)
    case.save()
    save_principal(case)
    case.refresh_from_db(fields=["division", "grid_cell"])
    rule = name_handler(case)
    known = {"fields": intake.fields, "subjects": list(intake.subjects)}
    told = {**intake.routing, **{name: value for name, value in known.items() if value}}
    effect = opening_effect(case, procedure, told, context)
    for limit in effect.limits:
        limit.save()
    case.save()
    save_event(effect.event, surroundings_with(case, around))
    for role, given in intake.parties:
        add_row(case, role, given, actor)
    for about in intake.subjects:
        Subject.objects.get_or_create(case=case, layer=about["layer"], feature=about["feature"])
    if rule:
        record_assignment(case, rule)
    return case


def _opening(intake: CaseIntake, procedure: Procedure) -> Opening:
    roles = {role for role, _ in intake.parties}
    if intake.party.get("party_name"):
        roles.add(procedure.principal.code)
    lead = LeadSource(intake.lead_source).label
    return Opening(
        intake.lead_source,
        lead if isinstance(lead, Text) else Text(str(lead), str(lead)),
        roles,
        {(each["layer"], each["feature"]) for each in intake.subjects},
        is_located=intake.position is not None,
        is_outlined=intake.area is not None,
    )


def _checked_party(party: dict[str, str]) -> dict[str, str]:
    kind = party.get("party_kind", "")
    try:
        number = identity_number(kind, party.get("party_id", ""))
        phone = telephone(party.get("party_phone", ""))
    except PartyValueError as problem:
        raise NotAllowed(problem.sentence) from problem
    return {**party, "party_id": number, "party_phone": phone}


def new_case(intake: CaseIntake, procedure: Procedure, number: str, context: ActionContext) -> Case:
    """In the first state of its procedure, with whoever opened it if that is an officer of its department."""
    officer, category = context.actor.officer, procedure.categories.get(intake.category)
    people = [person for person in (officer, intake.partner) if person]
    case = Case(
        family=intake.version.family,
        number=number,
        department=intake.department,
        title=intake.title,
        category=category.title.zh if category else intake.category_title or intake.category,
        procedure=intake.version.root,
        version=intake.version,
        state=procedure.start,
        phase=procedure.states[procedure.start].phase,
        lead_source=intake.lead_source,
        description=intake.description,
        facts={"category": intake.category} | ({"fields": intake.fields} if intake.fields else {}),
        address=intake.address,
        geom=intake.position,
        area=intake.area,
        accuracy=intake.accuracy,
        handler=officer if officer and officer.department_id == intake.department.pk else None,
        partner=intake.partner,
        officers="、".join(person.name for person in people),
        reported=intake.reported or context.at,
        key=intake.key,
        outcome="",
        visibility=Audience.DEPARTMENT,
        title_public="",
        party_public="",
        summary_public="",
        revision=1,
        last_action=context.at,
        party_kind=PartyKind.NONE,
    )
    for name, value in intake.party.items():
        write_principal(case, PRINCIPAL[name], value)
    return case


def _number(intake: CaseIntake, at: datetime) -> str:
    """As the family counts; families that number alike share one series."""
    family, year = case_type(intake.version.family), timezone.localtime(at).year
    series = family.case_number(intake.department.code, year, 0)
    return family.case_number(intake.department.code, year, next_number(f"case {series}"))
