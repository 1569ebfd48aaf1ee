"""What is done at the desk: each address calls one verb, and shows the case again if it was not done."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _

from geoportal.cases.permissions import actor_of, find_case, get_case
from geoportal.http import View, desk, viewer_of
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import may_read_case
from layers.casework.log.case_lock import StaleRevision
from layers.casework.models import Case
from layers.casework.procedures.versions import NoProcedure
from layers.errors import InvalidInput
from layers.registry.text import Text

from .page import case_page
from .pending_uploads import kept_entries


class FormPending(Exception):
    """Something was done, but not yet what the form is for: the message says what, the entries stay."""


Action = Callable[..., str | HttpResponse]
"""Does one thing with a case and says in a sentence that it is done, or shows once what came of it."""


def action_view(form: str) -> Callable[[Action], View]:
    """``form`` names the page's form, with the address's further parts in braces: its entries are kept."""

    def made(act: Action) -> View:
        @desk
        @wraps(act)
        def view(request: HttpRequest, pk: int, **parts: Any) -> HttpResponseBase:
            case = get_case(request, pk)
            if request.method != "POST":
                return HttpResponseRedirect(reverse("case", args=[pk]))
            return _response(request, case, act, form.format(**parts), parts)

        return view

    return made


def _response(
    request: HttpRequest, case: Case, act: Action, form: str, parts: dict[str, Any]
) -> HttpResponseBase:
    entered: dict[str, Any] = {name: request.POST.get(name, "") for name in request.POST}
    entered["chosen"] = {name: request.POST.getlist(name) for name in request.POST}
    typed = {form: entered}
    try:
        said = act(request, case, _required_actor(request), **parts)
    except (NotAllowed, InvalidInput) as refused:
        entered.update(kept_entries(request))
        problems = [str(each) for each in getattr(refused, "refusals", [refused])]
        return case_page(request, _reload(request, case), problems=problems, typed=typed, status=422)
    except FormPending as partly:
        messages.success(request, str(partly))
        return case_page(request, _reload(request, case), typed=typed)
    except NoProcedure:
        sentence = _("This case runs by no procedure that is kept here.")
        return case_page(request, _reload(request, case), problems=[sentence], typed=typed, status=422)
    except StaleRevision as faster:
        entered.update(kept_entries(request))
        return _stale_page(request, case, faster, typed)
    if isinstance(said, HttpResponse):
        return said
    messages.success(request, said)
    now = Case.objects.select_related("department").get(pk=case.pk)
    kept = may_read_case(now, viewer_of(request))
    return HttpResponseRedirect(reverse("case", args=[case.pk]) if kept else reverse("case-inbox"))


def _required_actor(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    if actor.officer is None:
        raise NotAllowed(
            Text(
                "您的账号没有对应的执法人员，只能查看。",
                "No officer belongs to your account, so you can look but not act.",
            )
        )
    return actor


def _reload(request: HttpRequest, case: Case) -> Case:
    """As it is in the database: a verb that was refused may have changed the object in hand."""
    return find_case(request, case.pk) or case


def _stale_page(
    request: HttpRequest, case: Case, faster: StaleRevision, typed: dict[str, Any]
) -> HttpResponseBase:
    now = find_case(request, case.pk)
    if now is None:
        raise InvalidInput(
            _("Meanwhile the case was handed over to another department; nothing was changed.")
        )
    return case_page(
        request,
        now,
        problems=[str(faster.sentence_for(actor_of(request).officer))],
        since=faster.events,
        typed=typed,
        status=409,
    )
