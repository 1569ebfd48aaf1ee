"""The record of personal data that was read: every reading of rows that name persons leaves a line."""

from collections.abc import Iterable
from typing import Any

from ..audience import Audience, Viewer
from ..declaration.layer import Attribute, Layer
from ..models import AccessLogEntry


def record_reading(
    layer: Layer, viewer: Viewer, attributes: Iterable[Attribute], rows: Iterable[dict[str, Any]]
) -> None:
    """Keeps which of the rows showed something personal to this viewer; the public is never shown any."""
    names = [a.name for a in attributes if a.personal]
    if not names or viewer.audience < Audience.DEPARTMENT:
        return
    shown = [row["id"] for row in rows if any(row.get(name) for name in names)]
    if shown:
        AccessLogEntry.objects.create(layer=layer.name, rows=shown, who=viewer.name or viewer.key)
