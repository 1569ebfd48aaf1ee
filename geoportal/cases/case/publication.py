"""The publication of a case as its page and the reviewers' queue show it."""

from typing import Any

from django.utils import formats

from geoportal.cases.formatting import moment
from layers.casework.cases.actor import Acting
from layers.casework.models import Case, Gate, Publication
from layers.casework.procedures import Procedure
from layers.casework.publication.lifecycle import REVIEWER, WITHDRAWING, ran_out, suggested
from layers.casework.rules.facts import facts_of
from layers.casework.rules.step_rules import publication_months

TONES = {
    Gate.PROPOSED: "note",
    Gate.PUBLISHED: "good",
    Gate.RETURNED: "fair",
    Gate.WITHDRAWN: "bad",
    Gate.EXPIRED: "",
}
Shown = dict[str, Any]


def gate_of(case: Case, procedure: Procedure | None, acting: Acting, typed: Shown) -> Shown:
    """What became of earlier passages, and what this person may do next."""
    passages = list(case.publications.select_related("proposed_by", "reviewed_by").order_by("-pk"))
    current = next((each for each in passages if each.gate in {Gate.PROPOSED, Gate.PUBLISHED}), None)
    months = publication_months(procedure, facts_of(procedure, case)) if procedure else None
    posts = frozenset(acting.officer.posts) if acting.officer else frozenset()
    is_over = bool(procedure and months and ran_out(procedure, case, months))
    wording = suggested(case)
    return {
        "passages": [passage(each) for each in passages],
        "months": months,
        "basis": str(procedure.publication.basis) if procedure else "",
        "may_propose": months is not None and not is_over and current is None and acting.officer is not None,
        "wording": typed.get("publication") or {"title": wording.title, "summary": wording.summary},
        "may_review": current is not None and current.gate == Gate.PROPOSED and may_review(current, acting),
        "may_withdraw": current is not None and current.gate == Gate.PUBLISHED and bool(WITHDRAWING & posts),
        "current": current and current.pk,
    }


def passage(found: Publication) -> Shown:
    return {
        "id": found.pk,
        "gate": found.gate,
        "gate_title": found.get_gate_display(),
        "tone": TONES[Gate(found.gate)],
        "title": found.title,
        "party": found.party,
        "summary": found.summary,
        "proposed_by": found.proposed_by.name,
        "proposed_at": moment(found.proposed_at),
        "reviewed_by": found.reviewed_by.name if found.reviewed_by else "",
        "published_at": moment(found.published_at),
        "until": formats.date_format(found.until, "SHORT_DATE_FORMAT") if found.until else "",
        "ended_at": moment(found.ended_at),
        "reason": found.reason,
    }


def may_review(found: Publication, acting: Acting) -> bool:
    officer = acting.officer
    return officer is not None and REVIEWER in officer.posts and officer.pk != found.proposed_by_id
