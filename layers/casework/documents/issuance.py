"""Making documents: called for by a step, numbered, kept by their hash, and every reading in the log."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from layers.casework.cases.actor import Acting, NotAllowed, hold, say_acting
from layers.casework.cases.numbers import next_number
from layers.casework.evidence.content_store import store
from layers.casework.log.event_log import Entry, append, history
from layers.casework.models import Case, Document, Event, EventKind
from layers.casework.procedures import DocumentKind, Procedure, Step
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.step_rules import standing
from layers.registry.text import Text

from .draft import Paper


@dataclass(frozen=True)
class Printed:
    """A finished PDF, and which versions of which templates made it."""

    content: bytes
    template: str


Printing = Callable[[Case, Paper], Printed]


@dataclass(frozen=True)
class Listed:
    """One kind of document of a case: what calls for it, and what was made."""

    kind: DocumentKind
    steps: tuple[Step, ...]
    called_by: Event | None
    made: tuple[Document, ...]

    @property
    def may_be_made(self) -> bool:
        return self.called_by is not None or not self.steps

    @property
    def is_wanting(self) -> bool:
        """Called for, and not made since."""
        return self.called_by is not None and not any(_answers(each, self.called_by) for each in self.made)


def listed(case: Case) -> list[Listed]:
    """All kinds of the case's procedure, in its order."""
    procedure = procedure_of(case)
    made, called = list(case.documents.order_by("pk")), _calls(procedure, case)
    return [
        Listed(
            kind,
            _steps_for(procedure, code),
            called.get(code),
            tuple(each for each in made if each.code == code),
        )
        for code, kind in procedure.documents.items()
    ]


def make_document(
    case_id: int, code: str, acting: Acting, printing: Printing, revision: int | None = None
) -> Document:
    """A document with its number; made again it is a new version beside the old one, under the same number."""
    with hold(case_id, revision) as case:
        found = next((each for each in listed(case) if each.kind.code == code), None)
        _check(case, found, acting)
        assert found is not None  # noqa: S101 - _check refuses it
        same = [each for each in found.made if found.called_by is None or _answers(each, found.called_by)]
        paper = Paper(
            found.kind,
            timezone.localtime(),
            by=acting.name,
            number=same[-1].number if same else _number(case, found),
            version=len(same) + 1,
            called_by=found.called_by,
            is_draft=False,
        )
        _number_the_decision(case, found, paper.number)
        return _keep(case, paper, printing(case, paper), acting)


def draft(case: Case, kind: DocumentKind, by: str) -> Paper:
    """What would be made now, without a number."""
    called = _calls(procedure_of(case), case).get(kind.code)
    return Paper(kind, timezone.localtime(), by=by, called_by=called)


@transaction.atomic
def record_reading(document: Document, act: str, acting: Acting) -> None:
    """The custody log of a document: who looked at it or took a copy."""
    say_acting()
    data = {"document": document.pk, "act": act, "sha256": document.sha256}
    append(document.case, acting, Entry(EventKind.DOCUMENT, data=data))


@transaction.atomic
def record_file_reading(case: Case, acting: Acting, documents: Iterable[Document]) -> None:
    """Somebody took the whole file of a case."""
    say_acting()
    data = {"act": "file", "documents": [each.pk for each in documents]}
    append(case, acting, Entry(EventKind.DOCUMENT, data=data))


def _check(case: Case, found: Listed | None, acting: Acting) -> None:
    officer = acting.officer
    if officer is None or not officer.is_active:
        raise NotAllowed(Text("只有在岗执法人员可以制作文书。", "Only officers in service make documents."))
    if officer.department.code not in {case.department.code, *case.joint}:
        raise NotAllowed(Text("该案不属于您的部门。", "The case is not your department's."))
    if found is None:
        raise NotAllowed(Text("本程序没有这种文书。", "The case's procedure knows no such document."))
    if not found.may_be_made:
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


def _calls(procedure: Procedure, case: Case) -> dict[str, Event]:
    """By document, the newest step that asked for it and that no later step has voided."""
    stands = standing(procedure, history(case))
    found: dict[str, Event] = {}
    events = case.events.filter(kind=EventKind.STEP).select_related("officer", "partner").order_by("pk")
    for event in events:
        for code in event.data.get("documents", ()):
            if event.step in stands:
                found[code] = event
    return found


def _answers(document: Document, call: Event) -> bool:
    return document.made_at >= call.at


def _number(case: Case, found: Listed) -> str:
    """The number that the step's form was given, else the next of the department's series of the year."""
    pattern = found.kind.number
    if not pattern:
        return ""
    if written := _written(case, found):
        return written
    year = timezone.localdate().year
    serial = next_number(f"document {case.department.code} {found.kind.code} {year}")
    return pattern.format(office=case.department.mark or case.department.code, year=year, serial=serial)


def _written(case: Case, found: Listed) -> str:
    """The number that an officer gave the decision; one of a decision that was revoked is not given again."""
    if not _decides(found):
        return ""
    given: dict[str, Any] = found.called_by.data.get("fields", {}) if found.called_by else {}
    is_first = not found.made and case.events.filter(kind=EventKind.STEP, step__in=_codes(found)).count() < 2
    return str(given.get("decision_number") or (case.decision_number if is_first else "")).strip()


def _codes(found: Listed) -> list[str]:
    return [step.code for step in found.steps]


def _decides(found: Listed) -> bool:
    return any(field.writes == "decision_number" for step in found.steps for field in step.fields)


def _number_the_decision(case: Case, found: Listed, number: str) -> None:
    if number and _decides(found):
        case.decision_number = number[:60]


def _keep(case: Case, paper: Paper, printed: Printed, acting: Acting) -> Document:
    stored = store(iter([printed.content]))
    made = Document.objects.create(
        case=case,
        code=paper.kind.code,
        title=paper.kind.title.zh,
        number=paper.number,
        sha256=stored.sha256,
        size=stored.size,
        template=printed.template[:60],
        made_at=paper.at,
        officer=acting.officer,
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
    append(case, acting, Entry(EventKind.DOCUMENT, data=data))
    return made
