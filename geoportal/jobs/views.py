"""The jobs: all of them for administrators, for others what they began themselves."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus

from geoportal.features.job_status import status
from geoportal.http import (
    answer,
    desk,
    door,
    is_administrator,
    number,
    page_links,
)
from layers.errors import Conflict, InvalidInput, NotFound, SignInRequired
from layers.jobs import liveness
from layers.jobs.models import ACTIVE, Job, JobQuerySet
from layers.jobs.queue import cancel

ON_A_PAGE = 50
STATES = {"": None, "active": ACTIVE, "failed": (TaskResultStatus.FAILED,)}


@door
def jobs(request: HttpRequest) -> HttpResponseBase:
    """The newest first; ``?state=active`` and ``?state=failed`` leave out the others."""
    _signed_in_only(request)
    state = request.GET.get("state", "")
    if state not in STATES:
        raise InvalidInput(_("“state” is active, failed or left out."))
    found = _seen(request).select_related("task")
    if (wanted := STATES[state]) is not None:
        found = found.filter(task__status__in=wanted)
    page = Paginator(found, ON_A_PAGE).get_page(number(request, "page", 1, 1, 10**6))
    return answer(
        request,
        "jobs/list.html",
        {
            "jobs": [status(job) for job in page],
            "state": state,
            "workers": liveness.living(),
            "everybody": is_administrator(request),
            **page_links(request, page.number, page.paginator.num_pages),
        },
    )


@desk
def one(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One job, with what befell it; POST cancels it."""
    _signed_in_only(request)
    job = _seen(request).select_related("task").filter(pk=pk).first()
    if job is None:
        raise NotFound(_("There is no such job, or it is not yours."))
    if request.method == "POST":
        return _cancel(request, job)
    content = {
        "job": status(job),
        "log": list(job.log.values("at", "text")),
        "workers": liveness.living(),
        "traceback": job.task.traceback if is_administrator(request) else "",
    }
    return answer(request, "jobs/one.html", content)


def _cancel(request: HttpRequest, job: Job) -> HttpResponseBase:
    if request.POST.get("action") != "cancel":
        raise InvalidInput(_("There is no such action."))
    if not cancel(job, request.user.get_username()):
        raise Conflict(_("The job has ended already."))
    return HttpResponseRedirect(job.url or reverse("job", args=[job.pk]))


def _seen(request: HttpRequest) -> JobQuerySet:
    everything = Job.objects.all()
    return everything if is_administrator(request) else everything.filter(owner_id=request.user.pk)


def _signed_in_only(request: HttpRequest) -> None:
    if not request.user.is_authenticated:
        raise SignInRequired(_("Sign in to see your jobs."))
