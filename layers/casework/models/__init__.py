"""The tables of the case kernel."""

from .case import OPEN, PERSON, Case
from .codes import CaseState, Family, LeadSource, PartyKind, PenaltyKind, Procedure
from .events import HISTORY, DayCorrection, Event, EventKind, MapSnapshot, Seal
from .evidence import Document, Evidence, EvidenceKind, PendingUpload
from .limits import ACTIVE, CalendarDay, Limit, LimitStatus
from .procedures import DocumentTemplate, NumberSeries, ProcedureVersion
from .publications import Gate, Publication

__all__ = [
    "ACTIVE",
    "HISTORY",
    "OPEN",
    "PERSON",
    "CalendarDay",
    "Case",
    "CaseState",
    "DayCorrection",
    "Document",
    "DocumentTemplate",
    "Event",
    "EventKind",
    "Evidence",
    "EvidenceKind",
    "Family",
    "Gate",
    "LeadSource",
    "Limit",
    "LimitStatus",
    "MapSnapshot",
    "NumberSeries",
    "PartyKind",
    "PenaltyKind",
    "PendingUpload",
    "Procedure",
    "ProcedureVersion",
    "Publication",
    "Seal",
]
