"""What the worker tells of its work, for the operations page."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from . import change_feed

MAX_FAILURES = 20

Report = dict[str, Any]


def read() -> Report:
    """``bytes`` kept when last measured, ``measured`` at, and the latest ``failures`` as {at, problem}."""
    try:
        known: Report = json.loads(_file().read_text())
    except (OSError, ValueError):
        known = {}
    return {"bytes": None, "measured": None, "failures": []} | known


def record_failure(problem: object) -> None:
    known = read()
    failures = [*known["failures"], {"at": _now(), "problem": str(problem).strip()[:300]}]
    _write(known | {"failures": failures[-MAX_FAILURES:]})


def record_size(size: int) -> None:
    _write(read() | {"bytes": size, "measured": _now()})


def backlog() -> tuple[int, float]:
    """Changes that are not worked off yet, and the seconds since the oldest of them."""
    position = change_feed.load()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), COALESCE(EXTRACT(epoch FROM clock_timestamp() - min(at)), 0)::float8 "
            "FROM tiles_change WHERE transaction >= pg_snapshot_xmin(%s::pg_snapshot) "
            "AND NOT pg_visible_in_snapshot(transaction, %s::pg_snapshot)",
            [position.snapshot if position else "1:1:"] * 2,
        )
        count, seconds = cursor.fetchone()
        return count, seconds


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _write(known: Report) -> None:
    draft = _file().with_suffix(".new")
    draft.write_text(json.dumps(known))
    draft.replace(_file())


def _file() -> Path:
    return Path(settings.DATA) / "tile-worker-report.json"
