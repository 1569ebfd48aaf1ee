"""The door for people without an account: a receipt's number and secret, then the one case and what may be done there."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.cases.case import form_data
from geoportal.cases.case.pending_uploads import kept_entries, step_uploads
from geoportal.http import desk, wants_json
from layers.casework.access.actor import NotAllowed
from layers.casework.cases import transitions
from layers.casework.cases.delivery import record_receipt_reading
from layers.casework.cases.effects import StepInput
from layers.casework.cases.receipts import receipt_actor
from layers.casework.log.case_lock import StaleRevision
from layers.casework.models import Receipt
from layers.casework.procedures.versions import procedure_of
from layers.errors import InvalidInput, TooManyRequests

from . import sessions
from .holder_page import holder_content


@desk
def receipt(request: HttpRequest) -> HttpResponseBase:
    """The case of the session's receipt, else the form that asks for one."""
    if request.method == "POST":
        try:
            entered = sessions.enter(request)
        except TooManyRequests as refused:
            return _entrance(request, str(refused), refused.status, refused.headers)
        if entered:
            record_receipt_reading(entered)
            return HttpResponseRedirect(reverse("receipts"))
        return _entrance(request, _("Number and secret do not match. Check both and try again."), status=422)
    found = sessions.receipt_of(request)
    return holder_page(request, found) if found else _entrance(request)


@desk
def take_step(request: HttpRequest, code: str) -> HttpResponseBase:
    found = sessions.receipt_of(request)
    if found is None or request.method != "POST":
        return HttpResponseRedirect(reverse("receipts"))
    typed, actor = _entered(request, code), receipt_actor(found)
    step = procedure_of(found.case).steps.get(code)
    own = step if step and found.role in step.by else None
    try:
        given = StepInput(
            fields=form_data.step_fields(request, own) if own else {},
            reason=form_data.text_field(request, "reason"),
            note=form_data.text_field(request, "note"),
        )
        files = step_uploads(request, found.case, actor, own) if own else {}
        revision = form_data.revision_of(request)
        transitions.take_step_with_files(found.case_id, code, actor, given, files, revision)
    except NotAllowed as refused:
        typed[code].update(kept_entries(request))
        return holder_page(request, found, [str(each) for each in refused.refusals], typed, status=422)
    except InvalidInput as problem:
        typed[code].update(kept_entries(request))
        return holder_page(request, found, [str(problem)], typed, status=422)
    except StaleRevision:
        typed[code].update(kept_entries(request))
        sentence = _("The case has moved on meanwhile. See how it stands, and send again what still holds.")
        return holder_page(request, found, [sentence], typed, status=409)
    messages.success(request, _("It is with the department now, and stands in the log of the case."))
    return HttpResponseRedirect(reverse("receipts"))


@desk
def leave(request: HttpRequest) -> HttpResponseBase:
    if request.method == "POST":
        sessions.end(request)
    return HttpResponseRedirect(reverse("receipts"))


def _entered(request: HttpRequest, code: str) -> dict[str, Any]:
    entered: dict[str, Any] = {name: request.POST.get(name, "") for name in request.POST}
    entered["chosen"] = {name: request.POST.getlist(name) for name in request.POST}
    return {code: entered}


def _entrance(
    request: HttpRequest, problem: str = "", status: int = 200, headers: "Mapping[str, str] | None" = None
) -> HttpResponse:
    content: dict[str, Any] = {"problem": problem, "number": request.POST.get("number", "")}
    if wants_json(request):
        content = {"error": problem} if problem else {"case": None}
        return forbid_storage(JsonResponse(content, status=status, headers=headers))
    page = render_to_string("receipts/entrance.html", content, request)
    return forbid_storage(HttpResponse(page, status=status, headers=headers))


def holder_page(
    request: HttpRequest,
    found: Receipt,
    problems: "list[str] | None" = None,
    typed: "dict[str, Any] | None" = None,
    status: int = 200,
) -> HttpResponse:
    found.case.refresh_from_db()
    content = {**holder_content(request, found, typed), "problems": problems or []}
    if wants_json(request):
        return forbid_storage(JsonResponse(content, status=status))
    return forbid_storage(render(request, "receipts/case.html", content, status=status))


def forbid_storage(response: HttpResponse) -> HttpResponse:
    """Neither a browser's store nor a proxy's keeps what only the holder of a receipt sees."""
    response["Cache-Control"] = "no-store"
    return response
