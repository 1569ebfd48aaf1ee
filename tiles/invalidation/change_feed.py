"""The recorded changes, read so that each is seen once however late it is committed.

A position is a snapshot of the database: everything committed before it is done. It is kept beside the cache
that it describes, with the identity of the database; a cache whose position is lost or of another database
says nothing about this one and is emptied.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from layers.registry.audience import Audience, Viewer
from tiles.cache.cache_guard import Snapshot
from tiles.cache.paths import tiles_folder
from tiles.scheme import Box

from .triggers import FINE

RETENTION = "24 hours"
"""How long changes stay recorded; a cache that was left alone for longer is emptied."""


@dataclass(frozen=True)
class ChangedArea:
    """Where a layer changed for an audience and those above, in EPSG:3857; see :class:`tiles.models.Change`."""

    layer: str
    audience: Audience
    departments: tuple[str, ...] | None
    box: Box | None

    def is_seen_by(self, viewer: Viewer) -> bool:
        if viewer.audience < self.audience:
            return False
        if self.departments is None or viewer.audience > Audience.DEPARTMENT:
            return True
        return not set(self.departments).isdisjoint(viewer.departments)


@dataclass(frozen=True)
class Position:
    database: str
    snapshot: Snapshot
    at: datetime


@dataclass(frozen=True)
class Batch:
    """What was committed between two positions."""

    changes: list[ChangedArea]
    position: Position
    is_complete: bool
    """False when there is no telling what was missed: everything may have changed."""


def read(since: Position | None) -> Batch:
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES_SINCE, {"seen": since.snapshot if since else "1:1:"})
        snapshot, now, oldest, database, rows = cursor.fetchone()
    position = Position(database, snapshot, now)
    if since is None or since.database != database or since.at < oldest:
        return Batch([], position, is_complete=False)
    changes = [
        ChangedArea(layer, Audience(audience), None if departments is None else tuple(departments), _box(box))
        for layer, audience, departments, box in rows or []
    ]
    return Batch(changes, position, is_complete=True)


def delete_old() -> None:
    """Drop what every cache has seen; the latest of each layer stay, they tell when it changed."""
    with connection.cursor() as cursor:
        cursor.execute(f"""
            DELETE FROM tiles_change AS old WHERE at < clock_timestamp() - interval '{RETENTION}' AND EXISTS (
                SELECT FROM tiles_change AS newer WHERE newer.layer = old.layer AND newer.id > old.id
                AND newer.audience <= old.audience
                AND (newer.departments IS NULL OR newer.departments @> old.departments) OFFSET 70
            )""")


def load() -> Position | None:
    try:
        return parse_position(json.loads(_file().read_text()))
    except (OSError, ValueError):
        return None


def parse_position(kept: Any) -> Position | None:
    try:
        return Position(kept["database"], kept["snapshot"], datetime.fromisoformat(kept["at"]))
    except (TypeError, ValueError, KeyError):
        return None


def save(position: Position) -> None:
    _file().parent.mkdir(parents=True, exist_ok=True)
    draft = _file().with_suffix(".new")
    draft.write_text(json.dumps(position.__dict__ | {"at": position.at.isoformat()}))
    draft.replace(_file())


def _file() -> Path:
    return tiles_folder() / "position.json"


# One statement, so one snapshot. Changes that start in the same cell are one; their numbers only order them.
_CHANGES_SINCE = f"""
    WITH news AS (
        SELECT layer, audience, departments, max(id) AS id,
            ARRAY[min(ST_XMin(box)), min(ST_YMin(box)), max(ST_XMax(box)), max(ST_YMax(box))] AS box
        FROM tiles_change
        WHERE transaction >= pg_snapshot_xmin(%(seen)s::pg_snapshot)
        AND NOT pg_visible_in_snapshot(transaction, %(seen)s::pg_snapshot)
        GROUP BY layer, audience, departments, floor(ST_XMin(box) / {FINE!r}), floor(ST_YMin(box) / {FINE!r})
    )
    SELECT pg_current_snapshot()::text, clock_timestamp(), clock_timestamp() - interval '{RETENTION}',
        (SELECT system_identifier::text FROM pg_control_system()) || '/' ||
        (SELECT oid::text FROM pg_database WHERE datname = current_database()),
        (SELECT json_agg(json_build_array(layer, audience, departments, box) ORDER BY id) FROM news)
"""


def _box(corners: list[float | None]) -> Box | None:
    west, south, east, north = corners
    if west is None or south is None or east is None or north is None:
        return None
    return west, south, east, north
