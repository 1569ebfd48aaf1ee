"""The publication gate at the desk: proposals, the reviewers' queue, withdrawal."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.cases.case.action_view import deed
from geoportal.cases.case.form_parsing import revision_of, words
from geoportal.cases.case.publication import may_review, passage
from geoportal.cases.formatting import named
from geoportal.cases.permissions import acting_of, departments_only, posts_of
from geoportal.http import desk, viewer_of, wants_json
from layers.casework.cases.access import own_cases
from layers.casework.cases.actor import Acting, NotAllowed
from layers.casework.models import Case, Gate, Publication
from layers.casework.publication import lifecycle
from layers.errors import InvalidInput, NotFound

MOST = 50


@deed("publication")
def propose(request: HttpRequest, case: Case, acting: Acting) -> str:
    title = words(request, "title", 160)
    if not title:
        raise InvalidInput(_("What is published needs a title."))
    wording = lifecycle.Wording(title, words(request, "summary"))
    lifecycle.propose(case.pk, wording, acting, revision_of(request))
    return _("Proposed for publication; a reviewer decides.")


@deed("withdrawal")
def withdraw(request: HttpRequest, case: Case, acting: Acting) -> str:
    lifecycle.withdraw(case.pk, words(request, "reason"), acting)
    return _("The publication is withdrawn; the public does not see the case any more.")


@desk
@departments_only
def queue(request: HttpRequest) -> HttpResponseBase:
    """What waits for a reviewer, and what is public until when."""
    if lifecycle.REVIEWER not in posts_of(request):
        raise NotFound(_("Only reviewers of publications have something to do here."))
    return _queue(request)


@desk
@departments_only
def review(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Publishing or returning one proposal."""
    found = Publication.objects.filter(case__in=own_cases(viewer_of(request)), pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such publication among those of your department."))
    if request.method != "POST":
        return HttpResponseRedirect(reverse("case-publications"))
    try:
        reviewed = lifecycle.review(
            pk, publish=_is_published(request), reason=words(request, "reason"), acting=acting_of(request)
        )
    except NotAllowed as refused:
        return _refused(request, pk, [str(each) for each in refused.refusals])
    except InvalidInput as problem:
        return _refused(request, pk, [str(problem)])
    messages.success(
        request,
        _("Published.") if reviewed.gate == Gate.PUBLISHED else _("Returned to the department."),
    )
    return HttpResponseRedirect(reverse("case-publications"))


def _is_published(request: HttpRequest) -> bool:
    decision = words(request, "decision", 10)
    if decision not in {"publish", "return"}:
        raise InvalidInput(_("Decide whether it is published or returned."))
    return decision == "publish"


def _refused(request: HttpRequest, pk: int, problems: list[str]) -> HttpResponse:
    return _queue(request, problems, {"id": pk, "reason": request.POST.get("reason", "")}, 422)


def _queue(
    request: HttpRequest,
    problems: list[str] | None = None,
    typed: dict[str, object] | None = None,
    status: int = 200,
) -> HttpResponse:
    acting = acting_of(request)
    own = Publication.objects.filter(case__in=own_cases(viewer_of(request))).select_related(
        "case__department", "proposed_by", "reviewed_by"
    )
    public = own.filter(gate=Gate.PUBLISHED)
    content = {
        "waiting": [
            {**_with_case(each), "may_review": may_review(each, acting)}
            for each in own.filter(gate=Gate.PROPOSED).order_by("proposed_at")[:MOST]
        ],
        "public": [_with_case(each) for each in public.order_by("until")[:MOST]],
        "public_count": public.count(),
        "problems": problems or [],
        "typed": typed,
    }
    if wants_json(request):
        return JsonResponse(content, status=status)
    return render(request, "cases/publications.html", content, status=status)


def _with_case(found: Publication) -> dict[str, object]:
    return {
        **passage(found),
        "case": {
            "id": found.case_id,
            "number": found.case.number,
            "title": found.case.title,
            "department": named(found.case.department),
        },
    }
