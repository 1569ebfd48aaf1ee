"""What other departments ask an officer's own for: a part of the inbox, and a page to answer each."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.cases.case.consultations import consultation_row
from geoportal.cases.case.form_data import text_field
from geoportal.cases.formatting import category_title
from geoportal.cases.permissions import actor_of, department_required, officer_of
from geoportal.features.feature_text import display_name
from geoportal.http import answer, desk
from layers.agencies.models import Officer
from layers.casework.access.actor import NotAllowed
from layers.casework.cases.consultations import answer_consultation, waiting_consultations
from layers.casework.models import Consultation, EventKind, Opinion
from layers.casework.procedures import Procedure
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.errors import InvalidInput, NotFound

MOST = 100
Shown = dict[str, Any]


def asked_of(officer: Officer | None) -> list[Shown]:
    """For the inbox: the most urgent first."""
    if officer is None:
        return []
    return [_row(each) for each in waiting_consultations(officer)[:MOST]]


@desk
@department_required
def consultation_page(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What of the case the department must know to answer, without its party."""
    found = _find(officer_of(request), pk)
    problems: list[str] = []
    if request.method == "POST":
        try:
            opinion, text = text_field(request, "opinion", 10), text_field(request, "text")
            answer_consultation(found.pk, opinion, text, actor_of(request))
        except NotAllowed as refused:
            problems = [str(each) for each in refused.refusals]
        except InvalidInput as problem:
            problems = [str(problem)]
        else:
            messages.success(request, _("The opinion is given."))
            return HttpResponseRedirect(reverse("case-inbox"))
    content = {
        **_row(found),
        "description": found.case.description,
        "question": _question(found),
        "opinions": [{"value": value, "title": str(title)} for value, title in Opinion.choices],
        "typed": {name: request.POST.get(name, "") for name in ("opinion", "text")},
        "problems": problems,
    }
    response = answer(request, "cases/consultation.html", content)
    response.status_code = 422 if problems else 200
    return response


def _find(officer: Officer | None, pk: int) -> Consultation:
    waiting = waiting_consultations(officer) if officer else []
    found = next((each for each in waiting if each.pk == pk), None)
    if found is None:
        raise NotFound(_("Nothing of this number is asked of your department, or it is answered."))
    return found


def _row(asked: Consultation) -> Shown:
    case, procedure = asked.case, _procedure(asked)
    return {
        **consultation_row(asked, procedure),
        "url": reverse("case-consultation", args=[asked.pk]),
        "number": case.number,
        "title": case.title,
        "category": category_title(case, procedure),
        "address": case.address,
        "by": display_name(case.department),
    }


def _procedure(asked: Consultation) -> Procedure | None:
    try:
        return procedure_of(asked.case)
    except NoProcedure:
        return None


def _question(asked: Consultation) -> str:
    """What the officer who asked wrote beside the step."""
    steps = asked.case.events.filter(kind=EventKind.STEP, step=asked.step).order_by("-pk")
    data: Shown = next(iter(steps.values_list("data", flat=True)[:1]), {})
    return str(data.get("note") or data.get("reason") or "")
