"""Opening a case: placed, numbered, given to a department, and kept once however often it is sent."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import MultiPolygon, Point
from django.db import transaction
from django.utils import timezone

from layers.agencies.models import Department, Officer
from layers.casework.deadlines import limits
from layers.casework.log.event_log import NO_REPORT, DeviceReport, Entry, append_event
from layers.casework.models import Case, EventKind, ProcedureVersion
from layers.casework.procedures import OPENED, Facts
from layers.casework.procedures.versions import procedure_of

from .actor import Actor, silence_write_trigger
from .idempotency import lock_key
from .numbers import next_number


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
    partner: Officer | None = None
    reported: datetime | None = None
    key: UUID | None = None
    routing: dict[str, Any] = field(default_factory=dict)
    """What led to department and category, such as the rule that matched; kept in the log."""


@transaction.atomic
def open_case(found: CaseIntake, actor: Actor, report: DeviceReport = NO_REPORT) -> Case:
    """A case with the same key is given back as it is, whoever sends it again."""
    if found.key is not None:
        lock_key(found.key)
        sent = Case.objects.filter(key=found.key).first()
        if sent:
            return sent
    silence_write_trigger()
    now = timezone.now()
    case = _new_case(found, actor, now)
    procedure = procedure_of(case)
    category = procedure.categories.get(found.category)
    case.category = category.title.zh if category else found.category_title or found.category
    case.state = procedure.start
    case.save()
    case.refresh_from_db(fields=["division", "grid_cell"])
    limits.follow_step(case, procedure, OPENED, now, Facts(party=case.party_kind))
    case.save()
    append_event(
        case, actor, Entry(EventKind.OPENED, OPENED, data=found.routing, partner=found.partner), report
    )
    return case


def _new_case(found: CaseIntake, actor: Actor, now: datetime) -> Case:
    year = timezone.localtime(now).year
    serial = next_number(f"case {found.department.code} {year}")
    people = [person for person in (actor.officer, found.partner) if person]
    return Case(
        family=found.version.family,
        number=f"{found.department.code}-{year}-{serial:05d}",
        department=found.department,
        title=found.title,
        procedure=found.version.code.split("-")[0],
        version=found.version,
        lead_source=found.lead_source,
        description=found.description,
        facts={"category": found.category},
        address=found.address,
        geom=found.position,
        area=found.area,
        accuracy=found.accuracy,
        handler=actor.officer
        if actor.officer and actor.officer.department_id == found.department.pk
        else None,
        partner=found.partner,
        officers="、".join(person.name for person in people),
        reported=found.reported or now,
        key=found.key,
        revision=1,
        touched=now,
        **found.party,
    )
