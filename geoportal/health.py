"""Health of this process and of what it depends on."""

import os
import shutil
import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from tiles.changes.worker import HEARTBEAT

MINIMUM_FREE = 200 * 1024**2  # bytes
SILENCE = 60.0  # seconds after which the worker counts as gone


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    checks = {
        "database": _database(),
        "cache": os.access(settings.DATA, os.W_OK),
        "worker": _worker(),
        "disk": shutil.disk_usage(settings.DATA).free > MINIMUM_FREE,
    }
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _worker() -> bool:
    """Whether the tile worker gave a sign of life lately."""
    try:
        return time.time() - (Path(settings.DATA) / HEARTBEAT).stat().st_mtime < SILENCE
    except FileNotFoundError:
        return False


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
