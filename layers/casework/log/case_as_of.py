"""A case as it stood when an event had happened: what later events changed is taken back, on copies that nobody saves."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, Point

from layers.casework.case_types import case_type
from layers.casework.extension import attribute_field, extension_of, write_attribute
from layers.casework.models import HISTORY, Case, Event, EventKind, Evidence, Party
from layers.casework.phases import Phase
from layers.casework.principal import PRINCIPAL, copy_principal, principal_row, write_principal
from layers.casework.procedures import OPENED, Procedure
from layers.coordinates import STORE_SRID

from .case_snapshots import local_day

HANDED = (EventKind.ASSIGNED, EventKind.HANDED_OVER, EventKind.SHARED)
CHANGING = (*HISTORY, EventKind.PARTY, EventKind.MOVED, EventKind.WRITTEN, *HANDED, EventKind.JOINED)


@dataclass(frozen=True)
class CaseAsOf:
    """``events`` are those of opening and steps until then, ``parties`` all who took part."""

    case: Case
    parties: list[Party]
    evidence: list[Evidence]
    events: list[Event]


def case_as_of(case: Case, procedure: Procedure, event: Event | None) -> CaseAsOf:
    """As it stands now where no event is named."""
    events = list(case.events.filter(kind__in=HISTORY).select_related("officer", "partner").order_by("pk"))
    rows = {} if case._state.adding else {each.pk: each for each in case.parties.all()}
    evidence = case.evidence.filter(original=None).select_related("officer", "partner")
    if event is None:
        return CaseAsOf(case, [*rows.values()], list(evidence.pieces()), events)
    found = _copy(case)
    for later in case.events.filter(kind__in=CHANGING, pk__gt=event.pk).order_by("-pk"):
        _take_back(found, rows, later)
    until = [each for each in events if each.pk <= event.pk]
    _set_state(found, procedure, until)
    parties = [principal_row(found), *(each for key, each in sorted(rows.items()) if not each.is_principal)]
    pieces = evidence.filter(received__lte=event.at).exclude(whole__received__lte=event.at)
    return CaseAsOf(found, parties, list(pieces), until)


def _copy(case: Case) -> Case:
    found = copy(case)
    model = case_type(case.family).extension
    if model is not None:
        kept = copy(extension_of(case))
        accessor = str(model._meta.get_field("case").remote_field.get_accessor_name())  # type: ignore[union-attr]
        found._state.fields_cache[accessor] = kept
    copy_principal(case, found)
    return found


def _take_back(case: Case, rows: dict[int, Party], event: Event) -> None:
    data = event.data
    match event.kind:
        case EventKind.STEP:
            _take_back_step(case, data)
        case EventKind.ASSIGNED | EventKind.HANDED_OVER | EventKind.SHARED:
            _take_back_hands(case, data)
        case EventKind.JOINED:
            case.joined_to = None
        case EventKind.MOVED if "area" in data:
            case.area = _geometry(data["area"][0])
        case EventKind.MOVED:
            lon, lat = data.get("was") or (None, None)
            case.geom = None if lon is None else Point(lon, lat, srid=STORE_SRID)
            for name, key in data.get("lay_in", {}).items():
                setattr(case, f"{name}_id", key)
        case EventKind.PARTY | EventKind.WRITTEN if "party" in data:
            _take_back_row(case, rows, data)
        case EventKind.PARTY | EventKind.WRITTEN:
            for name, (was, _) in data.get("changed", {}).items():
                if name in PRINCIPAL:
                    write_attribute(case, name, was or "")
                else:
                    setattr(case, name, _geometry(was) if name in {"geom", "area"} else was)


def _take_back_step(case: Case, data: Mapping[str, Any]) -> None:
    was, facts = data.get("was", {}), dict(case.facts)
    fields = dict(facts.get("fields", {}))
    for name in data.get("fields", {}):
        fields.pop(name, None)
    facts["fields"] = fields | was.get("fields", {})
    case.facts = facts | {name: was[name] for name in ("flags", "category") if name in was}
    for name, value in was.get("attributes", {}).items():
        write_attribute(case, name, attribute_field(case, name).to_python(value))


def _take_back_hands(case: Case, data: Mapping[str, Any]) -> None:
    """Who had it before, as far as the log tells."""
    for name, value in data.get("left", {}).items():
        setattr(case, name if name == "joint" else f"{name}_id", value)


def _take_back_row(case: Case, rows: dict[int, Party], data: Mapping[str, Any]) -> None:
    key, changed = data["party"], data.get("changed", {})
    if key == principal_row(case).pk:
        for name, (was, _) in changed.items():
            write_principal(case, name, was or "")
        return
    row = rows.pop(key, None) or Party(pk=key, case=case, role=data.get("role", ""))
    for name, (was, _) in changed.items():
        if name != "case_id":
            setattr(row, name, was or "")
    if row.name:  # before it was added it had none
        rows[key] = row


def _geometry(written: str | None) -> Any:
    """EWKT as the log has it."""
    return GEOSGeometry(written) if written else None


def _set_state(case: Case, procedure: Procedure, until: Iterable[Event]) -> None:
    """What steps leave in the case's columns besides what their forms write."""
    case.filed = case.closed = None
    case.outcome, case.state = "", procedure.start
    for event in until:
        step, state = procedure.steps.get(event.step), procedure.states.get(event.after)
        case.state = event.after or case.state
        if state is None or event.step == OPENED:
            continue
        day = local_day(event.at)
        if case.state != procedure.start and state.phase is not Phase.DISMISSED:
            case.filed = case.filed or day
        case.closed = (case.closed or day) if state.phase.is_end else None
        case.outcome = "" if state.phase is Phase.OPEN else (step and step.outcome) or case.outcome
    case.phase = procedure.states[case.state].phase if case.state in procedure.states else case.phase
