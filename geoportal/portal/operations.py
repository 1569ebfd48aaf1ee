"""How the portal is doing, for its administrators: the worker, what waits for it, and the caches."""

import os
import shutil
import tempfile
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from geoportal.http import answer, door, viewer_of
from layers.errors import NotFound
from layers.registry.audience import Audience
from layers.registry.registration import layers_for
from tiles.cache import heartbeat
from tiles.cache.paths import tiles_folder
from tiles.invalidation import worker_status
from tiles.invalidation.layer_state import states


@door
def operations(request: HttpRequest) -> HttpResponse:
    viewer = viewer_of(request)
    if viewer.audience < Audience.RESTRICTED:
        raise NotFound(_("There is nothing at this address."))
    layers = layers_for(viewer)
    changed = states(layers, viewer)
    waiting, lag = worker_status.backlog()
    content: dict[str, Any] = {
        "worker": {
            "alive": heartbeat.is_worker_alive(),
            "seconds": None if heartbeat.age() == float("inf") else round(heartbeat.age(), 1),
        },
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
