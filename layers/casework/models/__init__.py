"""The tables of the case kernel."""

from .case import OPEN, PERSON, Case
from .codes import CaseState, Family, LeadSource, PartyKind, PenaltyKind, Procedure
from .events import DayCorrection, Event, EventKind, Seal, Surroundings
from .evidence import Document, Evidence, EvidenceKind, Waiting
from .limits import CalendarDay, Limit, Standing
from .procedures import DocumentTemplate, ProcedureVersion, Serial
from .publications import Gate, Publication

__all__ = [
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
    "PartyKind",
    "PenaltyKind",
    "Procedure",
    "ProcedureVersion",
    "Publication",
    "Seal",
    "Serial",
    "Standing",
    "Surroundings",
    "Waiting",
]
