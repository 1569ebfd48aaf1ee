"""Health of this process and of what it depends on."""

import os
import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from tiles.cache.heartbeat import is_worker_alive

MINIMUM_FREE = 200 * 1024**2  # bytes


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    checks = {
        "database": _database(),
        "cache": os.access(settings.DATA, os.W_OK),
        "worker": is_worker_alive(),
        "disk": shutil.disk_usage(settings.DATA).free > MINIMUM_FREE,
    }
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
