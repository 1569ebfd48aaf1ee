"""The next steps of a case: who may take them, by when, what stands against them, and their forms."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.cases.formatting import format_moment, limit_status_label, state_title
from geoportal.cases.labels import department_titles
from geoportal.features.feature_lists import has_place, listed_features
from geoportal.features.feature_text import display_name, enumeration
from layers.agencies.models import Officer
from layers.casework.access.actor import Actor, credentials_of, credentials_of_actor
from layers.casework.cases.references import responsible_bodies
from layers.casework.extension import attribute_field, case_attribute
from layers.casework.models import ACTIVE, Case, Limit
from layers.casework.procedures import ChecklistRow, Field, FieldKind, Procedure, Step
from layers.casework.rules.case_snapshot import CaseSnapshot
from layers.casework.rules.forms.checklists import RESULTS, checklist_words
from layers.casework.rules.steps.available_steps import AvailableStep, available_steps, limits_by_step
from layers.casework.rules.steps.officer_rules import may_assist
from layers.registry.audience import PUBLIC_VIEWER, Viewer

from .form_data import checklist_entries

MOST_NAMES = 6
Shown = dict[str, Any]


@dataclass(frozen=True)
class CaseOfficers:
    """Who may act on a case: the officers of the departments that handle it; and who looks at it now."""

    officers: Sequence[Officer]
    viewer: Viewer = PUBLIC_VIEWER

    @classmethod
    def of(cls, case: Case, viewer: Viewer) -> "CaseOfficers":
        codes = [case.department.code, *case.joint]
        serving = Officer.objects.filter(Q(department__code__in=codes), is_active=True)
        found = serving.select_related("department").prefetch_related("credentials")
        return cls(list(found.order_by("code")), viewer)

    def with_post(self, posts: Iterable[str]) -> list[str]:
        return [officer.name for officer in self.officers if set(posts) & set(officer.posts)]

    def seconds(self, actor: Actor, procedure: Procedure | None) -> list[Officer]:
        """Officers beside the one who acts, who may be the second one at some step."""
        others = [officer for officer in self.officers if officer != actor.officer]
        if procedure is None:
            return others
        return [officer for officer in others if may_assist(procedure, credentials_of(officer))]


def step_rows(
    case: Case, snapshot: CaseSnapshot, actor: Actor, desk: CaseOfficers, typed: Shown
) -> list[Shown]:
    """Every step from this state: those that may be taken now, then others' turn, then what is not ready."""
    procedure = snapshot.procedure
    active = case.limits.filter(status__in=ACTIVE).order_by("-due")  # of one code the first due counts
    running = {limit.code: limit for limit in active if limit.code in procedure.deadlines}
    ends = limits_by_step(procedure, running)
    found = available_steps(snapshot, credentials_of_actor(actor))
    return [_step_row(case, procedure, each, desk, running, ends, typed) for each in found]


def discarded_entries(procedure: Procedure, steps: Sequence[Shown], typed: Shown) -> Shown | None:
    """What was entered for a step that cannot be taken any more, to be copied from."""
    for form, entered in typed.items():
        step = procedure.steps.get(form.removeprefix("step-")) if form.startswith("step-") else None
        if step and not any(each["code"] == step.code and each["may_take"] for each in steps):
            return {"title": str(step.title), "entries": _entries(step, entered)}
    return None


def _entries(step: Step, entered: Shown) -> list[Shown]:
    named = {f"field-{field.name}": str(field.title) for field in step.fields}
    named |= {"reason": _("Reason"), "note": _("Note")}
    several = {f"field-{each.name}": each.choices for each in step.fields if each.kind is FieldKind.CHOICES}
    found = []
    for field in step.fields:
        entries = checklist_entries(field, lambda name: entered.get(name, ""))
        if entries and (words := checklist_words(field, entries)):
            found.append({"label": str(field.title), "value": str(words)})
    for name, label in named.items():
        chosen = entered["chosen"].get(name, ())
        titles = enumeration(several[name].get(code, code) for code in chosen) if name in several else ""
        if value := titles or entered.get(name):
            found.append({"label": label, "value": value})
    return found


def _step_row(
    case: Case,
    procedure: Procedure,
    available: AvailableStep,
    desk: CaseOfficers,
    running: dict[str, Limit],
    ends: dict[str, list[str]],
    typed: Shown,
) -> Shown:
    step = available.step
    entered = typed.get(f"step-{step.code}")
    names = desk.with_post(step.by)
    limits = [running[code] for code in ends.get(step.code, ())]
    dues = sorted(limit.due for limit in limits if limit.due)
    return {
        "code": step.code,
        "title": str(step.title),
        "basis": str(step.basis),
        "target": state_title(procedure, step.target) if step.target else "",
        "who": enumeration(str(procedure.roles[code].title) for code in step.by),
        "names": names[:MOST_NAMES],
        "more": max(0, len(names) - MOST_NAMES),
        "due": format_moment(dues[0]) if dues else "",
        "standing": limit_status_label("overdue") if dues and dues[0] < timezone.now() else None,
        "limits": enumeration(str(procedure.deadlines[limit.code].title) for limit in limits),
        "may_take": available.may_take,
        "is_ready": available.is_ready,
        "against": [str(refusal.sentence) for refusal in available.refusals],
        "two_officers": step.officers > 1,
        "documents": [str(procedure.documents[code].title) for code in step.documents],
        "reason_required": step.reason_required,
        "fields": [field_row(case, step, field, entered, desk) for field in step.fields],
        "has_files": any(field.kind is FieldKind.FILE for field in step.fields),
        "typed": entered,
    }


def field_row(case: Case, step: Step, field: Field, entered: Shown | None, desk: CaseOfficers) -> Shown:
    name = f"field-{field.name}"
    return {
        "name": name,
        "id": f"{step.code}-{field.name}",
        "title": str(field.title),
        "kind": str(field.kind),
        "short": bool(field.writes) and isinstance(attribute_field(case, field.writes), CharField),
        "required": field.required,
        "sometimes": field.required_when is not None,
        "least": field.least,
        "layer": field.layer,
        "has_place": field.kind is FieldKind.FEATURE and has_place(field, desk.viewer),
        "link": entered.get(f"{name}.link", "") if entered is not None else "",
        "choices": [
            {"value": value, "title": str(title)} for value, title in _offered(case, field, desk).items()
        ],
        "rows": [_checklist_row(name, row, entered or {}) for row in field.rows.values()],
        "results": [{"value": str(code), "title": str(title)} for code, title in RESULTS.items()],
        "chosen": entered["chosen"].get(name, []) if entered is not None else [],
        "value": entered.get(name, "") if entered is not None else _initial_value(case, field),
    }


def _offered(case: Case, field: Field, desk: CaseOfficers) -> Mapping[str, object]:
    match field.kind:
        case FieldKind.PERSON:
            return {
                each.code: f"{each.name} · {display_name(each.department)}"
                for each in desk.officers
                if not field.posts or set(field.posts) & set(each.posts)
            }
        case FieldKind.UNIT:
            return department_titles()
        case FieldKind.BODY:
            return {each.code: display_name(each) for each in responsible_bodies(case)}
        case FieldKind.FEATURE:
            return listed_features(case, field, desk.viewer)
        case _:
            return field.choices


def _checklist_row(field: str, row: ChecklistRow, entered: Shown) -> Shown:
    name = f"{field}.{row.code}"
    return {
        "name": name,
        "title": str(row.title),
        "points": row.points,
        "key": row.key,
        "result": entered.get(name, ""),
        "note": entered.get(f"{name}.note", ""),
    }


def _initial_value(case: Case, field: Field) -> str:
    """What the case holds already, where the step only writes it anew; what must be stated is stated each time."""
    if field.kind is FieldKind.FLAG:
        return "on" if field.name in case.flags and not field.required else ""
    if field.kind is FieldKind.FEATURE and isinstance(held := case.fields.get(field.name), dict):
        return f"{held['layer']}/{held['feature']}"
    if field.writes in {"", "party_id", "party_phone"}:
        return ""
    value = case_attribute(case, field.writes)
    return "" if value is None else str(value)
