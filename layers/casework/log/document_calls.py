"""Which documents the steps of a case call for: each step that stands for those of its own."""

from collections.abc import Iterable, Iterator

from layers.casework.models import Event
from layers.casework.procedures import DocumentKind, Procedure

from .step_rows import StepEvent, StepRow


def standing_events(procedure: Procedure, events: Iterable[StepEvent]) -> list[StepEvent]:
    """Those of steps that no later step has voided, in their order."""
    found: list[StepEvent] = []
    for event in events:
        step = procedure.steps.get(event.step)
        voided = step.voids if step else ()
        found = [each for each in found if each.step not in voided]
        found.append(event)
    return found


def document_calls(procedure: Procedure, events: Iterable[StepEvent]) -> Iterator[tuple[str, StepEvent]]:
    """Documents by code, each with the event that calls for it; the procedure may know one no longer."""
    for event in standing_events(procedure, events):
        for code in event.data.get("documents", ()):
            if code in procedure.documents and event.step in procedure.steps:
                yield code, event


def document_deliveries(procedure: Procedure, events: Iterable[StepEvent]) -> Iterator[tuple[str, StepEvent]]:
    """Documents by code, each with the standing event by which it reached the party."""
    for event in standing_events(procedure, events):
        step = procedure.steps.get(event.step)
        for code in step.delivers.documents if step and step.delivers else ():
            yield code, event


def is_by_hand(kind: DocumentKind, event: Event | StepRow) -> bool:
    """Whether the step's form names the number of a form that was filled in by hand."""
    given = event.data.get("fields") or {}
    return kind.by_hand and bool(str(given.get(kind.number_field) or "").strip())
