"""When layers last changed, as the record of changes tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.utils.crypto import salted_hmac

from layers.registry.audience import PUBLIC_VIEWER, Audience, Viewer
from layers.registry.declaration.layer import Layer

LATEST = 64
"""Changes that a version is made from: more than transactions that are open at once on one layer."""


@dataclass(frozen=True)
class State:
    """``version`` differs whenever a change was committed that the viewer may know of."""

    version: int
    changed: datetime | None


def states(layers: Sequence[Layer], viewer: Viewer = PUBLIC_VIEWER) -> dict[str, State]:
    """The state of each layer by name; version 0 and no time for one never changed."""
    # Numbers are given before the commit, so the highest alone would miss one that commits late.
    sql = """
        SELECT name, COALESCE(sum(c.id), 0)::bigint, max(c.at) FROM unnest(%s) AS name
        LEFT JOIN LATERAL (
            SELECT id, at FROM tiles_change WHERE layer = name AND audience <= %s
            AND (departments IS NULL OR %s OR departments && %s) ORDER BY id DESC LIMIT %s
        ) AS c ON true GROUP BY name
    """
    sees_all = viewer.audience > Audience.DEPARTMENT
    names, codes = [layer.name for layer in layers], list(viewer.departments)
    with connection.cursor() as cursor:
        cursor.execute(sql, [names, int(viewer.audience), sees_all, codes, LATEST])
        return {name: State(_opaque(name, total), changed) for name, total, changed in cursor.fetchall()}


def _opaque(name: str, total: int) -> int:
    """A number that says nothing of how many changes there were that the viewer may not know of."""
    return int(salted_hmac("tiles.layer_state", f"{name} {total}").hexdigest()[:12], 16) if total else 0


def state(layer: Layer, viewer: Viewer = PUBLIC_VIEWER) -> State:
    return states([layer], viewer)[layer.name]
