"""How the portal is doing, for its administrators: the worker, what waits for it, and the caches."""

import os
import shutil
import tempfile
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from geoportal.http import administrators_only, answer, door, viewer_of
from layers.jobs import liveness
from layers.registry.registration import layers_for
from tiles.cache import heartbeat
from tiles.cache.paths import tiles_folder
from tiles.invalidation import worker_status
from tiles.invalidation.layer_state import states


@door
def operations(request: HttpRequest) -> HttpResponse:
    administrators_only(request)
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
        "queue": {"changes": waiting, "lag_seconds": round(lag, 1)},
        "cache": {
            "problem": _cannot_keep(),
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


def _jobs() -> dict[str, int]:
    """Workers that live, and how many jobs wait, run and failed within a day."""
    tasks = DBTaskResult.objects
    since = timezone.now() - timedelta(days=1)
    return {
        "workers": liveness.living(),
        "queued": tasks.filter(status=TaskResultStatus.READY).count(),
        "running": tasks.running().count(),
        "failed": tasks.failed().filter(finished_at__gte=since, job__cancelled_at=None).count(),
    }


def _cannot_keep() -> str:
    """Why tiles cannot be kept, empty if they can."""
    try:
        tiles_folder().mkdir(parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(dir=tiles_folder())
        try:
            os.write(handle, b"x" * 4096)
        finally:
            os.close(handle)
            os.unlink(path)  # noqa: PTH108  the counterpart of mkstemp
    except OSError as problem:
        return str(problem)
    return ""
