"""Publication at the desk: proposals, the reviewers' queue, withdrawal."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.cases.case.action_view import action_view
from geoportal.cases.case.form_data import revision_of, text_field
from geoportal.cases.case.publication import decisions_of, may_review, publication_row
from geoportal.cases.permissions import actor_of, department_required, officer_of
from geoportal.features.feature_text import display_name
from geoportal.http import desk, viewer_of, wants_json
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import department_cases, has_capability
from layers.casework.models import Case, Publication, PublicationStatus
from layers.casework.procedures import Capability
from layers.casework.publication import lifecycle
from layers.casework.publication.masking import PublicationText
from layers.errors import InvalidInput, NotFound

MOST = 50


@action_view("publication")
def propose(request: HttpRequest, case: Case, actor: Actor) -> str:
    title = text_field(request, "title", 160)
    if not title:
        raise InvalidInput(_("What is published needs a title."))
    wording = PublicationText(title, text_field(request, "summary"))
    lifecycle.propose(case.pk, wording, actor, revision_of(request))
    return _("Proposed for publication; a reviewer decides.")


@action_view("withdrawal")
def withdraw(request: HttpRequest, case: Case, actor: Actor) -> str:
    lifecycle.withdraw(case.pk, text_field(request, "reason"), actor)
    return _("The publication is withdrawn; the public does not see the case any more.")


@desk
@department_required
def queue(request: HttpRequest) -> HttpResponseBase:
    """What waits for a reviewer, and what is public until when."""
    if not has_capability(officer_of(request), Capability.PUBLISH):
        raise NotFound(_("Only reviewers of publications have something to do here."))
    return _queue_page(request)


@desk
@department_required
def review(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Publishing or returning one proposal."""
    found = Publication.objects.filter(case__in=department_cases(viewer_of(request)), pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such publication among those of your department."))
    if request.method != "POST":
        return HttpResponseRedirect(reverse("case-publications"))
    try:
        reviewed = lifecycle.review(
            pk, publish=_publishes(request), reason=text_field(request, "reason"), actor=actor_of(request)
        )
    except NotAllowed as refused:
        return _refusal_page(request, pk, [str(each) for each in refused.refusals])
    except InvalidInput as problem:
        return _refusal_page(request, pk, [str(problem)])
    messages.success(
        request,
        _("Published.")
        if reviewed.status == PublicationStatus.PUBLISHED
        else _("Returned to the department."),
    )
    return HttpResponseRedirect(reverse("case-publications"))


def _publishes(request: HttpRequest) -> bool:
    decision = text_field(request, "decision", 10)
    if decision not in {"publish", "return"}:
        raise InvalidInput(_("Decide whether it is published or returned."))
    return decision == "publish"


def _refusal_page(request: HttpRequest, pk: int, problems: list[str]) -> HttpResponse:
    return _queue_page(request, problems, {"id": pk, "reason": request.POST.get("reason", "")}, 422)


def _queue_page(
    request: HttpRequest,
    problems: list[str] | None = None,
    typed: dict[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    own = Publication.objects.filter(case__in=department_cases(viewer_of(request))).select_related(
        "case__department", "proposed_by", "reviewed_by"
    )
    public = own.filter(status=PublicationStatus.PUBLISHED)
    waiting = list(own.filter(status=PublicationStatus.PROPOSED).order_by("proposed_at")[:MOST])
    shown = list(public.order_by("until")[:MOST])
    decisions = decisions_of([each.case for each in (*waiting, *shown)])
    content = {
        "waiting": [
            {**_publication_row(each, decisions), "may_review": may_review(each, actor)} for each in waiting
        ],
        "public": [_publication_row(each, decisions) for each in shown],
        "public_count": public.count(),
        "problems": problems or [],
        "typed": typed,
    }
    if wants_json(request):
        return JsonResponse(content, status=status)
    return render(request, "cases/publications.html", content, status=status)


def _publication_row(found: Publication, decisions: Mapping[int, Mapping[str, object]]) -> dict[str, object]:
    return {
        **publication_row(found),
        **decisions[found.case_id],
        "case": {
            "id": found.case_id,
            "number": found.case.number,
            "title": found.case.title,
            "department": display_name(found.case.department),
        },
    }
