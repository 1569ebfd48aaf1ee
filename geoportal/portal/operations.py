"""How the portal is doing, for its administrators: the workers, what waits for them, and the caches."""

import shutil
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from geoportal.backup import policy
from geoportal.http import FORM, administrators_only, answer, desk, parameters, viewer_of
from layers.casework.log.anchors import anchoring_problem, last_anchor
from layers.casework.notices.channels import channel_title
from layers.casework.notices.sender import unsent
from layers.errors import InvalidInput
from layers.jobs import liveness
from layers.jobs.queue import enqueue
from layers.registry.database.web_role import owns_kept_tables
from layers.registry.registration import layers_for
from tiles.cache import heartbeat, tile_files
from tiles.invalidation import worker_status
from tiles.jobs import seed_tiles
from tiles.layer_state import states
from tiles.seeding import zoom_range


@desk
def operations(request: HttpRequest) -> HttpResponseBase:
    """POST begins the drawing of tiles ahead, as a job."""
    administrators_only(request)
    if request.method == "POST":
        return _seed(request)
    parameters(request, (FORM,))
    viewer = viewer_of(request)
    layers = layers_for(viewer)
    changed = states(layers, viewer)
    waiting, lag = worker_status.backlog()
    content: dict[str, Any] = {
        "worker": {
            "alive": heartbeat.is_worker_alive(),
            "seconds": None if heartbeat.age() == float("inf") else round(heartbeat.age(), 1),
        },
        "jobs": _jobs(),
        "backup": policy.status(),
        "log": _log(),
        "unsent": [{"channel": channel_title(code), "count": count} for code, count in unsent().items()],
        "queue": {"changes": waiting, "lag_seconds": round(lag, 1)},
        "cache": {
            "problem": tile_files.problem(),
            "limit": settings.TILE_CACHE_BYTES,
            "free": shutil.disk_usage(settings.DATA).free,
            **worker_status.read(),
        },
        "layers": [
            {"name": layer.name, "title": str(layer.title), "changed": changed[layer.name].changed}
            for layer in layers
        ],
    }
    content["cache"]["failures"].reverse()
    return answer(request, "portal/operations.html", content)


def _log() -> dict[str, Any]:
    anchor = last_anchor()
    return {
        "number": anchor and anchor.number,
        "at": anchor and anchor.moment,
        "problem": anchoring_problem(timezone.now()),
        "is_owned": _is_log_owned(),
    }


def _is_log_owned() -> bool:
    """Whether this process could rewrite the log in the database."""
    with connection.cursor() as cursor:
        return owns_kept_tables(cursor)


def _seed(request: HttpRequest) -> HttpResponseRedirect:
    if request.POST.get("action") != "seed":
        raise InvalidInput(_("There is no such action."))
    zooms = request.POST.get("zooms", "").strip()
    zoom_range(zooms)
    begun = enqueue(seed_tiles, zooms, who=request.user, subject=zooms, key="seed")
    return HttpResponseRedirect(reverse("job", args=[begun.pk]))


def _jobs() -> dict[str, Any]:
    """Workers that live, how many jobs wait, run and failed within a day, and why nothing is done where that is so."""
    tasks = DBTaskResult.objects
    since = timezone.now() - timedelta(days=1)
    return {
        "workers": liveness.living(),
        "problem": liveness.problem(),
        "queued": tasks.filter(status=TaskResultStatus.READY).count(),
        "running": tasks.running().count(),
        "failed": tasks.failed().filter(finished_at__gte=since, job__cancelled_at=None).count(),
    }
