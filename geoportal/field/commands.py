"""What the phone sends to be done. Each act carries a key of the phone and is done once however often it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from errno import ENOSPC
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoportal.features.feature_reference import feature_reference
from geoportal.upload_handlers import NO_ROOM
from layers.agencies.models import Department
from layers.casework.access.permissions import department_cases, was_opened_by
from layers.casework.cases import assignment, routing
from layers.casework.cases.creation import CaseIntake, PartyGiven, SubjectGiven, open_case
from layers.casework.cases.effects import StepInput
from layers.casework.cases.parties import MOST
from layers.casework.cases.relations import MOST as MOST_SUBJECTS
from layers.casework.cases.transitions import take_step
from layers.casework.evidence import custody
from layers.casework.evidence.custody import EvidenceItem, add_evidence, receipt_event
from layers.casework.log.event_log import DeviceReport
from layers.casework.log.idempotency import run_once
from layers.casework.models import Case, Event, EventKind, PartyKind
from layers.casework.models.evidence import EvidenceKind
from layers.casework.principal import PRINCIPAL, longest
from layers.casework.procedures import FieldKind
from layers.casework.procedures.versions import (
    NoProcedure,
    procedure_of,
    procedures_in_force,
    version_in_force,
)
from layers.errors import InvalidInput, NotFound

from .auth import FieldUser
from .request_body import Body
from .serializers import case_json, prefetch_cases

FILE_MOST = 200_000_000
"""Bytes of one file; phones are told, so that a larger one is not even put into their row."""
TEXT_MOST = 4000
NOTE_MOST = 500
PARTY_COLUMNS = ("kind", "name", "identity", "phone", "address")


@dataclass(frozen=True)
class CommandResult:
    """``was`` is the revision that the act found: who saw that one knows the case as it is now.

    ``raised``: by how much the act raised it.
    """

    case: Case
    revision: int
    more: Mapping[str, Any]
    raised: int = 1

    def to_json(self, visitor: FieldUser) -> dict[str, Any]:
        return {
            "case": case_summary(self.case, visitor),
            "was": self.revision - self.raised,
            "revision": self.revision,
            **self.more,
        }


def case_summary(case: Case, visitor: FieldUser) -> dict[str, Any]:
    """A case logged for another department is told by its number only."""
    own = prefetch_cases(department_cases(visitor.viewer)).filter(pk=case.pk).first()
    if own:
        return case_json(own, visitor.officer)
    department = case.department
    named = {"code": department.code, "zh": department.name, "en": department.name_en}
    return {"number": case.number, "key": case.key and str(case.key), "department": named, "own": False}


def create_case(body: Body, visitor: FieldUser) -> CommandResult:
    key = body.key()
    sent = Case.objects.filter(key=key).first()
    if sent is None:
        found, report = _case_intake(body, visitor, key)
        sent = open_case(found, visitor.actor, report)
    if not was_opened_by(sent, visitor.officer):
        raise InvalidInput(_("This key belongs to another case."))
    return CommandResult(sent, 1, {"suggested": _opening_event(sent).data.get("sentence")})


def _case_intake(body: Body, visitor: FieldUser, key: UUID) -> tuple[CaseIntake, DeviceReport]:
    known, own = procedures_in_force(), visitor.officer.department
    category, procedure = body.text("category", 80, required=True), body.text("procedure", 40)
    matter = find_matter(category, procedure, known, own.code)
    place, report = body.position(), body.device_report(key)
    suggestion = routing.suggest_department_at(matter, place.point if place else None, known, own.code)
    chosen = body.text("department", 16) or suggestion.department
    department = Department.objects.filter(code=chosen).first()
    if department is None:
        raise InvalidInput(_("There is no department “%(code)s”.") % {"code": chosen})
    why = {"rule": suggestion.rule, "suggested": suggestion.department, "chosen": chosen}
    found = CaseIntake(
        title=body.text("title", 160) or matter.category.title.zh,
        department=department,
        version=version_in_force(routing.procedure_code(matter.procedure, chosen, known)),
        category=matter.category.code,
        category_title=matter.category.title.zh,
        position=place.point if place else None,
        accuracy=place.accuracy if place else None,
        address=body.text("address", 200),
        description=body.text("note", TEXT_MOST),
        party={
            "party_kind": body.choice("party_kind", PartyKind.values, PartyKind.NONE.value),
            **{name: body.text(name, longest(name)) for name in PRINCIPAL if name != "party_kind"},
        },
        parties=_parties(body),
        subjects=_subjects(body, visitor),
        partner=body.partner(visitor.officer),
        key=key,
        routing={**why, "sentence": suggestion.sentence.zh},
    )
    return found, report


def _parties(body: Body) -> list[PartyGiven]:
    rows = body.rows("parties", MOST, ("role", *PARTY_COLUMNS), 200)
    return [(row["role"], {name: row[name] for name in PARTY_COLUMNS}) for row in rows]


def _subjects(body: Body, visitor: FieldUser) -> list[SubjectGiven]:
    """Each named by its layer and number, or the address of its place."""
    named = [row["feature"] for row in body.rows("subjects", MOST_SUBJECTS, ("feature",), 200)]
    found = [feature_reference(each, visitor.viewer) for each in named]
    if not all(isinstance(each, dict) for each in found):
        raise InvalidInput(_("There is no such place on your map."))
    return found


def find_matter(category: str, procedure: str, known: routing.Procedures, department: str) -> routing.Matter:
    """The matter of a category that officers of a department may log; without a procedure the first that offers it."""
    offered = routing.matters_of_department(known, department)
    found = (each for each in offered if each.category.code == category and procedure in {"", each.procedure})
    matter = next(found, None)
    if matter is None:
        raise InvalidInput(
            _("There is no category “%(code)s” in force; choose another.") % {"code": category}
        )
    return matter


def receive_evidence(request: HttpRequest, body: Body, visitor: FieldUser) -> CommandResult:
    case, key = case_of(body, visitor, also_opened=True), body.key()
    if NO_ROOM in request.META:
        raise OSError(ENOSPC, request.META[NO_ROOM])
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile) or not file.name or not file.size:
        raise InvalidInput(_("A file must be sent."))
    if file.size > FILE_MOST:
        raise InvalidInput(
            _("The file is larger than the %(size)d MB that are taken.") % {"size": FILE_MOST // 10**6}
        )
    of = str(body.key("of")) if body.fields.get("of") else None
    taken = body.moment("taken")
    piece = EvidenceItem(
        file_name=file.name,
        kind=body.choice("kind", EvidenceKind.values, EvidenceKind.AUDIO_VISUAL.value),
        title=body.text("title", 160),
        captured=taken or body.moment("device_time"),
        heading=body.heading(),
        device=body.text("device", 160),
        partner=body.partner(visitor.officer),
        key=key,
        reduced=body.flag("reduced"),
        of=body.key("of") if of else None,
        report=body.device_report(key, of=of, taken=taken and taken.isoformat()),
    )
    kept = add_evidence(case.pk, piece, file.chunks(), visitor.actor)
    if kept.key == key and (kept.case_id, kept.officer_id) != (case.pk, visitor.officer.pk):
        raise InvalidInput(_("This key belongs to another piece of evidence."))
    more = {
        "evidence": kept.pk,
        "sha256": kept.sha256,
        "findings": kept.findings,
        "is_known": kept.key != key,
    }
    event = receipt_event(kept, key)
    if event is None:
        return CommandResult(case, case.revision, more, raised=0)
    return CommandResult(case, event.data["revision"], more)


def confirm_evidence(body: Body, visitor: FieldUser) -> CommandResult:
    case, piece = case_of(body, visitor), body.whole("evidence") or 0
    found = case.evidence.pieces().filter(pk=piece).first()
    if found is None:
        raise InvalidInput(_("There is no such evidence in this case."))
    custody.confirm_evidence(found, visitor.actor, body.device_report(body.key()))
    return CommandResult(case, case.revision, {"evidence": found.pk}, raised=0)


def take_field_step(body: Body, visitor: FieldUser) -> CommandResult:
    """A step that its procedure lets be taken in the field, on the case as the officer saw it."""
    case, key, code = case_of(body, visitor), body.key(), body.text("step", 40, required=True)
    revision = body.whole("revision")
    if revision is None:
        raise InvalidInput(_("“%(name)s” is missing.") % {"name": "revision"})
    given, report = _step_input(case, code, body, visitor), body.device_report(key, seen=revision)

    def act() -> Event:
        return take_step(case.pk, code, visitor.actor, given, report, revision)

    return _event_result(case, run_once(case.pk, key, act), EventKind.STEP, visitor)


def _step_input(case: Case, code: str, body: Body, visitor: FieldUser) -> StepInput:
    try:
        step = procedure_of(case).steps.get(code)
    except NoProcedure:
        step = None
    if step is None or not step.field_ready:
        raise InvalidInput(_("“%(step)s” is no step that is taken in the field.") % {"step": code})
    fields = body.fields.get("fields") or {}
    if not isinstance(fields, dict):
        raise InvalidInput(_("“%(name)s” must be an object.") % {"name": "fields"})
    values = Body(fields)
    given: dict[str, Any] = {}
    for each in step.fields:
        if each.name not in fields:
            continue
        if each.kind is FieldKind.FLAG:
            given[each.name] = fields[each.name] is True
        elif each.kind is FieldKind.CHOICES:
            given[each.name] = values.texts(each.name, len(each.choices)) or None
        elif each.kind is FieldKind.CHECKLIST:
            given[each.name] = values.table(each.name, len(each.rows), ("result", "note"), NOTE_MOST)
        else:
            text = str(fields[each.name]) if isinstance(fields[each.name], int | float) else None
            given[each.name] = (text or values.text(each.name, TEXT_MOST)) or None
            if each.kind is FieldKind.FEATURE and given[each.name]:
                given[each.name] = feature_reference(given[each.name], visitor.viewer, each.keeps)
    return StepInput(
        fields={name: value for name, value in given.items() if value is not None},
        reason=body.text("reason", TEXT_MOST),
        note=body.text("note", TEXT_MOST),
        partner=body.partner(visitor.officer),
    )


def add_note(body: Body, visitor: FieldUser) -> CommandResult:
    """A note on a case; ``joins`` says that the officer found the same matter again."""
    case, key = case_of(body, visitor), body.key()
    text = body.text("note", TEXT_MOST, required=True)
    report = body.device_report(key, joins=True if body.fields.get("joins") is True else None)
    event = run_once(case.pk, key, lambda: assignment.add_note(case.pk, text, visitor.actor, report))
    return _event_result(case, event, EventKind.NOTE, visitor)


def _event_result(case: Case, event: Event, kind: EventKind, visitor: FieldUser) -> CommandResult:
    if (event.kind, event.officer_id) != (kind, visitor.officer.pk):
        raise InvalidInput(_("This key belongs to another act."))
    return CommandResult(
        case, event.data["revision"], {"event": event.pk, "server_time": event.at.isoformat()}
    )


def case_of(body: Body, visitor: FieldUser, *, also_opened: bool = False) -> Case:
    """By ``case``, its number in the database, or ``case_key``, the key the phone opened it with.

    ``also_opened``: one that the officer logged for another department will do, if it is named by its key.
    """
    pk = body.whole("case", 1, 2**62)
    wanted = Q(pk=pk) if pk is not None else Q(key=body.key("case_key"))
    own = department_cases(visitor.viewer).select_related("department").filter(wanted).first()
    if own:
        return own
    if also_opened and pk is None:
        case = Case.objects.select_related("department").filter(wanted).first()
        if case and was_opened_by(case, visitor.officer):
            return case
    raise NotFound(_("There is no such case, or it is not your department's."))


def _opening_event(case: Case) -> Event:
    return case.events.get(kind=EventKind.OPENED)
