"""The next steps of a case: who may take them, by when, what stands against them, and their forms."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from geoportal.cases.formatting import moment, standing, state_title
from layers.agencies.models import Officer
from layers.casework.cases.actor import Acting, actor_of
from layers.casework.cases.available_steps import Offer, ended_by, offers
from layers.casework.deadlines.limits import RUNS
from layers.casework.log.event_log import history
from layers.casework.models import Case, Limit
from layers.casework.procedures import Field, FieldKind, Procedure, Step
from layers.casework.rules.facts import facts_of, held_by
from layers.casework.rules.step_rules import Actor

MOST_NAMES = 6
SHORT = {"party_name", "party_id", "party_phone", "title", "address", "decision_number"}
"""Columns whose texts are one line."""
Shown = dict[str, Any]
NOBODY = Actor(id=0)


@dataclass(frozen=True)
class Desk:
    """Who may act on a case: the officers of the departments that handle it."""

    officers: Sequence[Officer]

    @classmethod
    def of(cls, case: Case) -> "Desk":
        codes = [case.department.code, *case.joint]
        serving = Officer.objects.filter(Q(department__code__in=codes), is_active=True)
        return cls(list(serving.select_related("department").order_by("code")))

    def with_post(self, posts: Iterable[str]) -> list[str]:
        return [officer.name for officer in self.officers if set(posts) & set(officer.posts)]

    def seconds(self, acting: Acting) -> list[Officer]:
        """Certified officers beside the one who acts."""
        today = timezone.localdate()
        return [o for o in self.officers if o != acting.officer and o.is_certified(today)]


def steps_of(case: Case, procedure: Procedure, acting: Acting, desk: Desk, typed: Shown) -> list[Shown]:
    """Every step from this state: those that may be taken now, then others' turn, then what is not ready."""
    found_limits = case.limits.filter(standing__in=RUNS).order_by("-due")  # of one code the first due counts
    running = {limit.code: limit for limit in found_limits}
    ends = ended_by(
        procedure, {code: limit for code, limit in running.items() if code in procedure.deadlines}
    )
    found = offers(
        procedure,
        case.state,
        facts_of(procedure, case),
        actor_of(acting.officer) if acting.officer else NOBODY,
        history(case),
        held_by(case),
    )
    return [_shown(case, procedure, offer, desk, running, ends, typed) for offer in found]


def left_over(procedure: Procedure, steps: Sequence[Shown], typed: Shown) -> Shown | None:
    """What was entered for a step that cannot be taken any more, to be copied from."""
    for form, entered in typed.items():
        step = procedure.steps.get(form.removeprefix("step-")) if form.startswith("step-") else None
        if step and not any(each["code"] == step.code and each["may_take"] for each in steps):
            named = {f"field-{field.name}": str(field.title) for field in step.fields}
            named |= {"reason": _("Reason"), "note": _("Note")}
            entries = [
                {"label": label, "value": entered[name]} for name, label in named.items() if entered.get(name)
            ]
            return {"title": str(step.title), "entries": entries}
    return None


def _shown(
    case: Case,
    procedure: Procedure,
    offer: Offer,
    desk: Desk,
    running: dict[str, Limit],
    ends: dict[str, list[str]],
    typed: Shown,
) -> Shown:
    step = offer.step
    entered = typed.get(f"step-{step.code}")
    names = desk.with_post(step.by)
    limits = [running[code] for code in ends.get(step.code, ())]
    dues = sorted(limit.due for limit in limits if limit.due)
    return {
        "code": step.code,
        "title": str(step.title),
        "basis": str(step.basis),
        "target": state_title(procedure, step.target) if step.target else "",
        "who": "、".join(str(procedure.roles[code].title) for code in step.by),
        "names": names[:MOST_NAMES],
        "more": max(0, len(names) - MOST_NAMES),
        "due": moment(dues[0]) if dues else "",
        "standing": standing("overdue") if dues and dues[0] < timezone.now() else None,
        "limits": "、".join(str(procedure.deadlines[limit.code].title) for limit in limits),
        "may_take": offer.may_take,
        "is_ready": offer.is_ready,
        "against": [str(sentence) for sentence in offer.against],
        "two_officers": step.officers > 1,
        "documents": [str(procedure.documents[code].title) for code in step.documents],
        "reason_required": step.reason_required,
        "fields": [_field(case, step, field, entered) for field in step.fields],
        "typed": entered,
    }


def _field(case: Case, step: Step, field: Field, entered: Shown | None) -> Shown:
    name = f"field-{field.name}"
    return {
        "name": name,
        "id": f"{step.code}-{field.name}",
        "title": str(field.title),
        "kind": str(field.kind),
        "short": field.writes in SHORT,
        "required": field.required,
        "sometimes": field.required_when is not None,
        "least": field.least,
        "choices": [{"value": value, "title": str(title)} for value, title in field.choices.items()],
        "value": entered.get(name, "") if entered is not None else _known(case, field),
    }


def _known(case: Case, field: Field) -> str:
    """What the case holds already, where the step only writes it anew; what must be stated is stated each time."""
    if field.kind is FieldKind.FLAG:
        return "on" if field.name in case.flags and not field.required else ""
    if field.writes in {"", "party_id", "party_phone"}:
        return ""
    value = getattr(case, field.writes, "")
    return "" if value is None else str(value)
