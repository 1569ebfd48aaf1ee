"""What publishing a case and ending its publication do to both: worked out, not saved."""

from datetime import date, datetime

from layers.agencies.models import Officer
from layers.casework.models import Case, Publication, PublicationStatus
from layers.registry.audience import Audience

from .masking import PublicationText, has_generalised_place, published_names


def proposal(case: Case, text: PublicationText, officer: Officer, at: datetime) -> Publication:
    return Publication(
        case=case,
        title=text.title,
        party=published_names(case),
        summary=text.summary,
        proposed_by=officer,
        proposed_at=at,
    )


def publish(case: Case, publication: Publication, at: datetime, until: date | None) -> None:
    publication.status, publication.published_at, publication.until = PublicationStatus.PUBLISHED, at, until
    publication.party = published_names(case)
    case.title_public, case.summary_public = publication.title, publication.summary
    case.is_generalised = has_generalised_place(case)
    case.party_public, case.visibility = publication.party, Audience.PUBLIC


def end(case: Case, publication: Publication, status: PublicationStatus, reason: str, at: datetime) -> None:
    """What was public is seen by nobody but the departments from here on."""
    if publication.status == PublicationStatus.PUBLISHED:
        case.visibility = Audience.DEPARTMENT
        case.title_public, case.party_public, case.summary_public = "", "", ""
        case.is_generalised = False
    publication.status, publication.ended_at, publication.reason = status, at, reason
