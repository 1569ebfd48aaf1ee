"""A document before it is made: what kind, with which number, for which step."""

from dataclasses import dataclass
from datetime import datetime

from layers.casework.models import Event
from layers.casework.procedures import DocumentKind


@dataclass(frozen=True)
class DocumentDraft:
    """``called_by`` is the step that asked for it; drafts have no number. ``version`` counts from 1."""

    kind: DocumentKind
    at: datetime
    by: str = ""
    number: str = ""
    version: int = 1
    event: Event | None = None
    is_draft: bool = True
