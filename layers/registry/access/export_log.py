"""The record of what was taken away as files."""

from ..audience import Viewer
from ..models import ExportLogEntry


def record_export(layer: str, viewer: Viewer, question: str, file: str, rows: int) -> None:
    ExportLogEntry.objects.create(
        layer=layer, question=question, file=file, rows=rows, who=viewer.name or viewer.key
    )
