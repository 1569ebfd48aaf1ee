"""Making documents: called for by a step, numbered, kept by their hash, and every reading in the log."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import check_department, check_open_file
from layers.casework.evidence.content_store import store_file
from layers.casework.extension import attribute_field, case_attribute, write_attribute
from layers.casework.log.case_lock import lock_case, silence_write_trigger
from layers.casework.log.document_calls import document_calls, document_deliveries, is_by_hand
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import HISTORY, Case, Document, Event, EventKind
from layers.casework.procedures import DocumentKind, Procedure, Step
from layers.casework.procedures.versions import procedure_of
from layers.registry.text import Text

from .draft import DocumentDraft
from .serial_numbers import next_number


@dataclass(frozen=True)
class RenderedDocument:
    """A finished PDF, and which versions of which templates made it."""

    content: bytes
    template: str


Renderer = Callable[[Case, DocumentDraft], RenderedDocument]


@dataclass(frozen=True)
class DocumentStatus:
    """One kind of document of a case: the steps that stand and call for it, in their order, what was made, and the
    steps by which it reached the party."""

    kind: DocumentKind
    steps: tuple[Step, ...]
    calls: tuple[Event, ...]
    issued: tuple[Document, ...]
    deliveries: tuple[Event, ...] = ()

    @property
    def event(self) -> Event | None:
        """The first step that still wants its document; once all have theirs, the newest."""
        answered = {each.event_id for each in self.issued}
        wanting = [each for each in self.calls if each.pk not in answered and not is_by_hand(self.kind, each)]
        return next(iter([*wanting, *self.calls[-1:]]), None)

    @property
    def may_be_issued(self) -> bool:
        return self.event is not None or not self.steps

    @property
    def is_outstanding(self) -> bool:
        """Called for, and not made since."""
        return self.event is not None and not self.versions and not is_by_hand(self.kind, self.event)

    @property
    def versions(self) -> tuple[Document, ...]:
        """Those that were made of the same step, or of none where none calls for it."""
        key = self.event.pk if self.event else None
        return tuple(each for each in self.issued if each.event_id == key)


def document_statuses(case: Case) -> list[DocumentStatus]:
    """All kinds of the case's procedure, in its order."""
    procedure = procedure_of(case)
    events = list(case.events.filter(kind__in=HISTORY).select_related("officer", "partner").order_by("pk"))
    calls, deliveries = document_calls(procedure, events), document_deliveries(procedure, events)
    made, called, reached = list(case.documents.order_by("pk")), _by_code(calls), _by_code(deliveries)
    return [
        DocumentStatus(
            kind,
            _steps_for(procedure, code),
            called.get(code, ()),
            tuple(each for each in made if each.code == code),
            reached.get(code, ()),
        )
        for code, kind in procedure.documents.items()
    ]


def issue_document(
    case_id: int,
    code: str,
    actor: Actor,
    printing: Renderer,
    revision: int | None = None,
    *,
    at: datetime | None = None,
) -> Document:
    """A document with its number; made again it is a new version beside the old one, under the same number.

    ``at`` dates the papers of a case that was taken over; the log tells when they were made here.
    """
    with lock_case(case_id, revision) as case:
        found = next((each for each in document_statuses(case) if each.kind.code == code), None)
        _check(case, found, actor)
        assert found is not None  # noqa: S101 - _check refuses it
        same, day = found.versions, timezone.localtime(at)
        paper = DocumentDraft(
            found.kind,
            day,
            by=actor.name,
            number=same[-1].number if same else _number(case, found, day.year),
            version=len(same) + 1,
            event=found.event,
            is_draft=False,
        )
        _keep_number(case, found, paper.number)
        return _save_document(case, paper, printing(case, paper), actor)


def draft_document(case: Case, kind: DocumentKind, by: str) -> DocumentDraft:
    """What would be made now, without a number."""
    found = next((each for each in document_statuses(case) if each.kind.code == kind.code), None)
    return DocumentDraft(kind, timezone.localtime(), by=by, event=found.event if found else None)


@transaction.atomic
def record_reading(document: Document, act: str, actor: Actor) -> None:
    """The custody log of a document: who looked at it or took a copy."""
    silence_write_trigger()
    data = {"document": document.pk, "act": act, "sha256": document.sha256}
    append_event(document.case, actor, Entry(EventKind.DOCUMENT, data=data))


@transaction.atomic
def record_file_reading(case: Case, actor: Actor, documents: Iterable[Document]) -> None:
    """Somebody took the whole file of a case."""
    silence_write_trigger()
    data = {"act": "file", "documents": [each.pk for each in documents]}
    append_event(case, actor, Entry(EventKind.DOCUMENT, data=data))


def _check(case: Case, found: DocumentStatus | None, actor: Actor) -> None:
    officer = actor.officer
    if officer is None or not officer.is_active:
        raise NotAllowed(Text("只有在岗执法人员可以制作文书。", "Only officers in service make documents."))
    check_department(case, actor)
    if not (found and found.is_outstanding):
        check_open_file(case)
    if found is None:
        raise NotAllowed(Text("本程序没有这种文书。", "The case's procedure knows no such document."))
    if not found.may_be_issued:
        zh = "、".join(step.title.zh for step in found.steps)
        en = ", ".join(step.title.en for step in found.steps)
        raise NotAllowed(
            Text(
                f"办理“{zh}”后才能制作“{found.kind.title.zh}”；此前可以预览草稿。",
                f'"{found.kind.title.en}" is made after: {en}. Until then there is a draft.',
            )
        )


def _steps_for(procedure: Procedure, code: str) -> tuple[Step, ...]:
    return tuple(step for step in procedure.steps.values() if code in step.documents)


def _by_code(found: Iterable[tuple[str, Event]]) -> dict[str, tuple[Event, ...]]:
    gathered: dict[str, tuple[Event, ...]] = {}
    for code, event in found:
        gathered[code] = (*gathered.get(code, ()), event)
    return gathered


def _number(case: Case, found: DocumentStatus, year: int) -> str:
    """The number that the step's form was given, else the next of the department's series of the year."""
    pattern = found.kind.number
    if not pattern:
        return ""
    if written := _entered_number(case, found):
        return written
    serial = next_number(f"document {case.department.code} {found.kind.code} {year}")
    return pattern.format(office=case.department.mark or case.department.code, year=year, serial=serial)


def _entered_number(case: Case, found: DocumentStatus) -> str:
    """The number that an officer gave it; one of a decision that was revoked is not given again."""
    name = found.kind.number_field
    if not name:
        return ""
    given: dict[str, Any] = found.event.data.get("fields", {}) if found.event else {}
    is_first = (
        not found.issued and case.events.filter(kind=EventKind.STEP, step__in=_codes(found)).count() < 2
    )
    return str(
        given.get(name) or (case_attribute(case, _number_attribute(case, name)) if is_first else "")
    ).strip()


def _codes(found: DocumentStatus) -> list[str]:
    return [step.code for step in found.steps]


def _number_attribute(case: Case, field: str) -> str:
    return procedure_of(case).fields()[field].writes


def _keep_number(case: Case, found: DocumentStatus, number: str) -> None:
    """Where the case keeps the number of such a document."""
    if number and found.kind.number_field:
        name = _number_attribute(case, found.kind.number_field)
        write_attribute(case, name, number[: attribute_field(case, name).max_length])


def _save_document(case: Case, paper: DocumentDraft, printed: RenderedDocument, actor: Actor) -> Document:
    stored = store_file(iter([printed.content]))
    made = Document.objects.create(
        case=case,
        event=paper.event,
        code=paper.kind.code,
        title=paper.kind.title.zh,
        number=paper.number,
        sha256=stored.sha256,
        size=stored.size,
        template=printed.template[:60],
        made_at=paper.at,
        officer=actor.officer,
    )
    data = {
        "document": made.pk,
        "act": "made",
        "code": made.code,
        "title": made.title,
        "number": made.number,
        "version": paper.version,
        "sha256": made.sha256,
        "template": made.template,
    }
    append_event(case, actor, Entry(EventKind.DOCUMENT, data=data))
    return made
