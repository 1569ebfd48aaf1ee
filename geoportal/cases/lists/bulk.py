"""Many cases of the inbox at once: each is checked by itself, and what became of it is told."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geoportal.cases.case.form_data import text_field
from geoportal.cases.permissions import actor_of, department_required, find_case, officer_of
from geoportal.features.feature_text import display_name
from geoportal.http import desk
from layers.agencies.models import Officer, ResponsibleBody
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import has_capability
from layers.casework.analytics.workload import open_cases_of
from layers.casework.cases import assignment
from layers.casework.cases.effects import StepInput
from layers.casework.cases.transitions import take_step
from layers.casework.models import Case
from layers.casework.procedures import Capability, FieldKind
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.casework.procedures.vocabulary import CaseMark
from layers.errors import InvalidInput
from layers.registry.text import Text

MOST = 100
Act = Callable[[Case, Actor], object]


@desk
@department_required
def act_on_many(request: HttpRequest) -> HttpResponseBase:
    if request.method != "POST":
        return HttpResponseRedirect(reverse("case-inbox"))
    back = HttpResponseRedirect(f"{reverse('case-inbox')}?{request.POST.get('back', '')[:400]}")
    try:
        act, numbers = _act(request), _numbers(request)
    except InvalidInput as problem:
        messages.error(request, str(problem))
        return back
    done = sum(_acted(request, pk, act) for pk in numbers)
    if done:
        said = ngettext("Done for %(count)d case.", "Done for %(count)d cases.", done)
        messages.success(request, said % {"count": done})
    return back


def _acted(request: HttpRequest, pk: int, act: Act) -> bool:
    """Whether it was done; why not is said with the number of the case."""
    case = find_case(request, pk)
    if case is None:
        messages.error(request, _("There is no case with this number among those of your department."))
        return False
    try:
        act(case, actor_of(request))
    except NotAllowed as refused:
        problem = str(refused)
    except NoProcedure:
        problem = _("This case runs by no procedure that is kept here.")
    else:
        return True
    messages.error(request, f"{case.number}{_(': ')}{problem}")
    return False


def _numbers(request: HttpRequest) -> list[int]:
    named = request.POST.getlist("case")
    numbers = [int(each) for each in named if each.isascii() and each.isdigit() and len(each) < 18]
    if not numbers or len(numbers) != len(named):
        raise InvalidInput(_("Tick the cases first."))
    if len(numbers) > MOST:
        raise InvalidInput(_("At most %(count)d cases at once.") % {"count": MOST})
    return list(dict.fromkeys(numbers))


def _act(request: HttpRequest) -> Act:
    match text_field(request, "act", 20):
        case "assign":
            handler = _serving(request).filter(code=text_field(request, "handler", 24)).first()
            if handler is None:
                raise InvalidInput(_("Choose who handles them."))
            return lambda case, actor: assignment.assign(case.pk, handler, actor)
        case "dispatch":
            body = text_field(request, "body", 24)
            if not body:
                raise InvalidInput(_("Choose the responsible body."))
            return lambda case, actor: _dispatch(case, body, actor)
        case "remind":
            note = text_field(request, "note", 400)
            return lambda case, actor: assignment.remind(case.pk, note, actor)
        case _:
            raise InvalidInput(_("Choose what is to be done with them."))


def _dispatch(case: Case, body: str, actor: Actor) -> None:
    """By the step that its procedure marks as the dispatch."""
    for step in procedure_of(case).steps.values():
        field = next((each for each in step.fields if each.kind is FieldKind.BODY), None)
        if field and CaseMark.DISPATCHED in step.marks:
            take_step(case.pk, step.code, actor, StepInput({field.name: body}))
            return
    raise NotAllowed(Text("此类案件不派遣责任单位。", "Such cases are dispatched to no responsible body."))


def _serving(request: HttpRequest) -> "QuerySet[Officer]":
    officer = officer_of(request)
    return Officer.objects.filter(is_active=True, department=officer.department_id if officer else None)


def bulk_choices(request: HttpRequest) -> dict[str, Any] | None:
    """What the inbox offers to those who give cases to others; None for all else."""
    officer = officer_of(request)
    if not (has_capability(officer, Capability.ASSIGN) or has_capability(officer, Capability.SUPERVISE)):
        return None
    serving = list(_serving(request))
    loads = open_cases_of(serving)
    bodies = ResponsibleBody.objects.filter(
        is_active=True, department=officer.department_id if officer else None
    )
    return {
        "handlers": [
            {"value": each.code, "title": each.name, "open": loads.get(each.pk, 0)}
            for each in sorted(serving, key=lambda each: (loads.get(each.pk, 0), each.code))
        ],
        "bodies": [{"value": each.code, "title": display_name(each)} for each in bodies],
        "back": request.GET.urlencode(),
    }
