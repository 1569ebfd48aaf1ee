"""Health of this process and of what it depends on."""

import os
import shutil
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from layers.jobs import liveness
from tiles.cache import heartbeat

from .errors import AWAY

MINIMUM_FREE = 200 * 1024**2  # bytes


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Each check with whether it holds; ``reasons`` says of those that do not why."""
    reasons = {name: reason for name, check in CHECKS.items() if (reason := check())}
    checks = {name: name not in reasons for name in CHECKS}
    return JsonResponse(checks | {"reasons": reasons}, status=503 if reasons else 200)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except AWAY:
        return _("The database does not answer.")
    return ""


def _cache() -> str:
    return "" if os.access(settings.DATA, os.W_OK) else _("The data folder cannot be written to.")


def _tile_worker() -> str:
    if heartbeat.is_worker_alive():
        return ""
    age = heartbeat.age()
    if age == float("inf"):
        return _("The tile worker has given no sign yet. Start manage.py tile_worker, or look into its log.")
    return _("The tile worker's last sign is %(seconds)d s old; look into its log.") % {"seconds": age}


def _jobs() -> str:
    try:
        return liveness.problem()
    except AWAY:
        return _("The database does not answer.")


def _disk() -> str:
    free = shutil.disk_usage(settings.DATA).free
    if free > MINIMUM_FREE:
        return ""
    return _("Only %(free)d MB are free on the disk.") % {"free": free // 1024**2}


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "cache": _cache,
    "worker": _tile_worker,
    "jobs": _jobs,
    "disk": _disk,
}
"""Each gives the reason why it does not hold, empty if it does."""
