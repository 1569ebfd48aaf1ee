"""What a document may say of its case: plain texts, numbers and lists, and nothing that leads anywhere else."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import override

from layers.agencies.models import Officer
from layers.base.models import Division
from layers.casework.evidence.findings import finding_text
from layers.casework.extension import extension_fields, extension_of
from layers.casework.log.case_as_of import CaseAsOf, case_as_of
from layers.casework.log.case_snapshots import CaseRows, snapshot_at
from layers.casework.log.document_calls import standing_events
from layers.casework.models import Case, Document, Event, Evidence, Party, PartyKind
from layers.casework.parties import CaseParty, parties_of, principal_of
from layers.casework.procedures import Field, FieldKind, Procedure, Step
from layers.casework.procedures.expressions import LOCAL_TEXT
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.forms.field_words import field_words
from layers.casework.rules.money.account import Account
from layers.registry.text import Text

from .draft import DocumentDraft
from .rendering import BlankDict


def document_context(case: Case, paper: DocumentDraft) -> dict[str, Any]:
    """Everything a template may name; statutory forms are Chinese whatever the language of whoever makes them."""
    procedure = procedure_of(case)
    then = case_as_of(case, procedure, paper.event)
    case, at = then.case, paper.event.at if paper.event else paper.at
    with override("zh-hans"):
        standing = {event.pk for event in standing_events(procedure, then.events)}
        steps = [_event(procedure, event) | {"stands": event.pk in standing} for event in then.events]
        known = snapshot_at(procedure, case, _rows(then, at), at)
        own = [step for step in steps if paper.event and step["id"] == paper.event.pk]
        return {
            "document": _document(case, paper),
            "agency": _agency(case),
            "district": _district(),
            "case": _case(procedure, case),
            "party": _party(principal_of(case)),
            "parties": _parties(case, then.parties),
            "given": BlankDict(_field_texts(procedure, {**case.fields, **_step_fields(paper.event)})),
            "flags": BlankDict({code: code in case.flags for code in procedure.flags}),
            "step": own[0] if own else _future_step(procedure, paper),
            "steps": steps,
            "officers": _officers(case, paper.event),
            "evidence": [_evidence_row(number, kept) for number, kept in enumerate(then.evidence, 1)],
            "documents": [document_row(kept) for kept in _documents(case, paper)],
            "delivered": [document_row(kept) for kept in _delivered(case, procedure, paper)],
            "money": _money(known.account),
            "standing": _standing_days(known),
            "evidence_page": None,
            "thumbnails": [],
        }


def evidence_items(case: Case) -> Iterable[Evidence]:
    """The originals; what was derived from them is not evidence."""
    return case.evidence.pieces().select_related("officer", "partner")


def _rows(then: CaseAsOf, at: datetime) -> CaseRows:
    """Limits that had begun by then; what became of one later does not change when it ended."""
    return CaseRows([*then.events], list(then.case.limits.filter(started__lte=at).order_by("pk")))


def _documents(case: Case, paper: DocumentDraft) -> Iterable[Document]:
    """Those that lay in the file when the step was taken; of what no step calls for, or is only a draft, all."""
    made = case.documents.order_by("pk")
    return made.filter(made_at__lte=paper.event.at) if paper.event and not paper.is_draft else made


def _delivered(case: Case, procedure: Procedure, paper: DocumentDraft) -> Iterable[Document]:
    """What the document's own step brought to the party, as it was made last."""
    step = procedure.steps.get(paper.event.step) if paper.event else _calling_step(procedure, paper)
    codes = step.delivers.documents if step and step.delivers else ()
    newest = (case.documents.filter(code=code).order_by("pk").last() for code in codes)
    return [each for each in newest if each]


def _document(case: Case, paper: DocumentDraft) -> dict[str, Any]:
    return {
        "code": paper.kind.code,
        "title": paper.kind.title.zh,
        "number": paper.number,
        "version": paper.version,
        "at": paper.at,
        "is_draft": paper.is_draft,
        "by": paper.by,
    }


def _district() -> str:
    found = Division.objects.filter(level="district").order_by("code").first()
    return found.name if found else ""


def _agency(case: Case) -> str:
    """Such as 北仑区城市管理局."""
    district, name = _district(), case.department.name
    return name if name.startswith(district) else f"{district}{name}"


def law(basis: Text) -> str:
    """The articles of a basis; what is only local configuration is no law that a document could name."""
    return "；".join(part for part in basis.zh.split("；") if part != LOCAL_TEXT.zh)


def _case(procedure: Procedure, case: Case) -> dict[str, Any]:
    category = procedure.categories.get(str(case.facts.get("category", "")))
    return {
        "number": case.number,
        "title": case.title,
        "procedure": procedure.title.zh,
        "procedure_basis": law(procedure.basis),
        "category": case.category,
        "basis": law(category.basis) if category else "",
        "state": procedure.states[case.state].title.zh,
        "lead": case.get_lead_source_display(),
        "description": case.description,
        "address": case.address,
        "division": case.division.name if case.division else "",
        "grid_cell": case.grid_cell.code if case.grid_cell else "",
        "lon": case.geom and round(case.geom.x, 6),
        "lat": case.geom and round(case.geom.y, 6),
        "accuracy": case.accuracy and round(case.accuracy),
        "reported": case.reported,
        "filed": case.filed,
        "closed": case.closed,
        "resolution": case.resolution,
        "outcome": case.outcome,
        "joint": "、".join(case.joint),
        **_extension(case),
    }


def _extension(case: Case) -> dict[str, Any]:
    """What the family keeps besides, each with its name; of what has codes the words, the code behind ``_code``."""
    found: dict[str, Any] = {}
    kept = extension_of(case)
    for name, field in extension_fields(case.family).items():
        value = getattr(kept, name)
        found[name] = value
        if field.choices:
            found[name] = str(dict(field.flatchoices).get(value, ""))
            found[f"{name}_code"] = value
    return found


def _party(party: CaseParty) -> dict[str, Any]:
    """In both languages what is not its own words."""
    kind = PartyKind(party.kind).label
    return {
        "role": party.role.title.zh,
        "role_en": party.role.title.en,
        "kind": kind.zh,  # type: ignore[attr-defined]
        "kind_en": kind.en,  # type: ignore[attr-defined]
        "is_person": party.kind == PartyKind.PERSON,
        "is_organisation": party.kind == PartyKind.ORGANISATION,
        "name": party.name,
        "id": party.identity,
        "phone": party.phone,
        "address": party.address,
        "head": party.head,
        "representative": party.representative,
    }


def _parties(case: Case, rows: Iterable[Party]) -> BlankDict:
    """Lists of all who take part, by role."""
    found = BlankDict()
    for party in parties_of(case, rows):
        found.setdefault(party.role.code, []).append(_party(party))
    return found


def _field_texts(procedure: Procedure, fields: Mapping[str, Any]) -> dict[str, Any]:
    known = procedure.fields()
    return (
        {name: field_text(known.get(name), value) for name, value in fields.items()}
        | {
            f"{name}_{kept}": fields[name][kept]
            for name, asked in known.items()
            for kept in asked.keeps
            if isinstance(fields.get(name), Mapping) and kept in fields[name]
        }
        | {
            f"{name}_name": value["name"]
            for name, value in fields.items()
            if isinstance(value, Mapping) and "name" in value
        }
    )


def _step_fields(event: Event | None) -> dict[str, Any]:
    """What the document's own step was given, which later steps of the kind may have overwritten."""
    return dict(event.data.get("fields", {})) if event else {}


def field_text(asked: Field | None, value: Any) -> Any:
    """A field's value as a form shows it."""
    if value is None or asked is None:
        return "" if value is None else value
    if words := field_words(asked, value):
        return words.zh
    match asked.kind:
        case FieldKind.CHOICE:
            title = asked.choices.get(str(value))
            return title.zh if title else str(value)
        case FieldKind.CHOICES if isinstance(value, list):
            return "、".join(title.zh for code, title in asked.choices.items() if code in value)
        case FieldKind.MONEY:
            return f"{value}元"
        case FieldKind.FLAG:
            return "是" if value else "否"
        case FieldKind.NUMBER:
            return value if isinstance(value, Decimal) else str(value)
        case _:
            return str(value)


def _standing_days(known: CaseSnapshot) -> BlankDict:
    """The day of each step that stands, so that no paper tells what was not done or was taken back."""
    days = known.dates.steps if known.dates else {}
    return BlankDict({code: days[code].isoformat() for code in known.facts.steps if code in days})


def _money(account: Account) -> dict[str, Any]:
    """Yuan, and the days and amounts of instalments."""
    return {
        "decided": account.decided,
        "paid": account.held,
        "surcharge": account.surcharge,
        "owed": account.owed,
        "owed_surcharge": account.owed_surcharge,
        "overpaid": account.overpaid,
        "due": account.due and account.due.isoformat(),
        "instalments": [{"due": each.due.isoformat(), "amount": each.amount} for each in account.instalments],
    }


def _event(procedure: Procedure, event: Event) -> dict[str, Any]:
    step = procedure.steps.get(event.step)
    people = [person for person in (event.officer, event.partner) if person]
    state = procedure.states.get(event.after)
    return {
        "id": event.pk,
        "code": event.step,
        "title": step.title.zh if step else "受理",
        "basis": law(step.basis) if step else "",
        "at": event.at,
        "who": "、".join(person.name for person in people) or event.who,
        "state": state.title.zh if state else "",
        "reason": str(event.data.get("reason", "")),
        "note": str(event.data.get("note", "")),
        "fields": _field_rows(step, event.data.get("fields", {})) if step else [],
    }


def _field_rows(step: Step, given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The fields of a step's form in its order, with what was entered; a date stays an ISO text, ``code`` is of a choice."""
    return [
        {
            "name": each.name,
            "title": each.title.zh,
            "kind": str(each.kind),
            "code": given[each.name] if each.kind is FieldKind.CHOICE else "",
            "value": field_text(each, given[each.name]),
        }
        for each in step.fields
        if given.get(each.name) not in (None, "")
    ]


def _future_step(procedure: Procedure, paper: DocumentDraft) -> dict[str, Any]:
    """The step that will call for the document, with the fields that its form will ask."""
    step = _calling_step(procedure, paper)
    asked = [
        {"name": each.name, "title": each.title.zh, "kind": str(each.kind), "code": "", "value": ""}
        for each in (step.fields if step else ())
    ]
    return {
        "id": 0,
        "stands": False,
        "code": step.code if step else "",
        "title": step.title.zh if step else "",
        "basis": law(step.basis) if step else "",
        "at": None,
        "who": "",
        "state": "",
        "reason": "",
        "note": "",
        "fields": asked,
    }


def _calling_step(procedure: Procedure, paper: DocumentDraft) -> Step | None:
    return next((each for each in procedure.steps.values() if paper.kind.code in each.documents), None)


def _officers(case: Case, event: Event | None) -> list[dict[str, Any]]:
    """Who acted at the document's step, else who handles the case."""
    people = (event.officer, event.partner) if event else (case.handler, case.partner)
    return [_person(person) for person in people if person]


def _person(officer: Officer) -> dict[str, Any]:
    return {
        "name": officer.name,
        "credentials": {each.kind: each.number for each in officer.credentials.all()},
    }


def _evidence_row(number: int, kept: Evidence) -> dict[str, Any]:
    position = kept.position
    return {
        "number": number,
        "id": kept.pk,
        "kind": kept.get_kind_display(),
        "title": kept.title or kept.file_name,
        "file_name": kept.file_name,
        "sha256": kept.sha256,
        "size": kept.size,
        "captured": kept.captured,
        "received": kept.received,
        "place": f"{position.x:.6f}, {position.y:.6f}" if position else "",
        "accuracy": kept.accuracy and round(kept.accuracy),
        "device": kept.device,
        "who": "、".join(person.name for person in (kept.officer, kept.partner) if person),
        "findings": [finding_text(code).zh for code in kept.findings],
        "is_picture": kept.media_type.startswith("image/"),
    }


def document_row(kept: Document) -> dict[str, Any]:
    return {
        "id": kept.pk,
        "title": kept.title,
        "number": kept.number,
        "at": kept.made_at,
        "sha256": kept.sha256,
        "page": None,
    }
