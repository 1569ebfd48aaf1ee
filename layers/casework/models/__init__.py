"""The tables of the case kernel."""

from .accounts import Account
from .assignment import AssignmentRule
from .calendar_feeds import CalendarFeed
from .case import GENERALISED, OPEN, Case
from .codes import LeadSource, PartyKind
from .consultations import Consultation, ConsultationStatus, Opinion
from .events import HISTORY, CaseSummary, DayCorrection, Event, EventKind, MapSnapshot, Seal
from .evidence import Document, Evidence, EvidenceKind, PendingUpload
from .extension import CaseExtension
from .family import OfFamily
from .limits import ACTIVE, CalendarDay, Limit, LimitSide, LimitStatus
from .notices import PORTAL, Addressee, Notice, NoticeKind
from .parties import Party
from .phrases import Phrase
from .procedures import DocumentTemplate, NumberSeries, ProcedureVersion
from .publications import Publication, PublicationStatus
from .receipts import MailAddress, Receipt
from .relations import STATED_RELATIONS, CaseRelation, RelationKind, Subject

__all__ = [
    "ACTIVE",
    "GENERALISED",
    "HISTORY",
    "OPEN",
    "PORTAL",
    "STATED_RELATIONS",
    "Account",
    "Addressee",
    "AssignmentRule",
    "CalendarDay",
    "CalendarFeed",
    "Case",
    "CaseExtension",
    "CaseRelation",
    "CaseSummary",
    "Consultation",
    "ConsultationStatus",
    "DayCorrection",
    "Document",
    "DocumentTemplate",
    "Event",
    "EventKind",
    "Evidence",
    "EvidenceKind",
    "LeadSource",
    "Limit",
    "LimitSide",
    "LimitStatus",
    "MailAddress",
    "MapSnapshot",
    "Notice",
    "NoticeKind",
    "NumberSeries",
    "OfFamily",
    "Opinion",
    "Party",
    "PartyKind",
    "PendingUpload",
    "Phrase",
    "ProcedureVersion",
    "Publication",
    "PublicationStatus",
    "Receipt",
    "RelationKind",
    "Seal",
    "Subject",
]
