"""What publishing a case and ending its publication do to both: worked out, not saved."""

from datetime import date, datetime

from layers.agencies.models import Officer
from layers.casework.models import Case, Publication, PublicationStatus
from layers.casework.procedures import Procedure
from layers.registry.audience import Audience

from .masking import PublicationText, public_name


def proposal(
    case: Case, procedure: Procedure, text: PublicationText, officer: Officer, at: datetime
) -> Publication:
    return Publication(
        case=case,
        title=text.title,
        party=_party(case, procedure),
        summary=text.summary,
        proposed_by=officer,
        proposed_at=at,
    )


def _party(case: Case, procedure: Procedure) -> str:
    rule = procedure.publication
    return public_name(case.party_name, case.party_kind, rule.names) if rule else ""


def publish(
    case: Case, procedure: Procedure, publication: Publication, at: datetime, until: date | None
) -> None:
    publication.status, publication.published_at, publication.until = PublicationStatus.PUBLISHED, at, until
    publication.party, publication.working_title = _party(case, procedure), case.title
    case.title, case.summary_public = publication.title, publication.summary
    case.party_public, case.visibility = publication.party, Audience.PUBLIC


def end(case: Case, publication: Publication, status: PublicationStatus, reason: str, at: datetime) -> None:
    """What was public is seen by nobody but the departments from here on."""
    if publication.status == PublicationStatus.PUBLISHED:
        if case.title == publication.title:
            case.title = publication.working_title or case.title
        case.visibility, case.party_public, case.summary_public = Audience.DEPARTMENT, "", ""
    publication.status, publication.ended_at, publication.reason = status, at, reason
