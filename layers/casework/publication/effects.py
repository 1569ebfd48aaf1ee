"""What publishing a case and ending its publication do to both: worked out, not saved."""

from datetime import date, datetime

from layers.agencies.models import Officer
from layers.casework.models import Case, Gate, Publication
from layers.registry.audience import Audience

from .masking import PublicationText, mask_name


def proposal(case: Case, text: PublicationText, officer: Officer, at: datetime) -> Publication:
    return Publication(
        case=case,
        title=text.title,
        party=mask_name(case.party_name, case.party_kind),
        summary=text.summary,
        proposed_by=officer,
        proposed_at=at,
    )


def publish(case: Case, publication: Publication, at: datetime, until: date | None) -> None:
    publication.gate, publication.published_at, publication.until = Gate.PUBLISHED, at, until
    publication.party = mask_name(case.party_name, case.party_kind)
    case.title, case.summary_public = publication.title, publication.summary
    case.party_public, case.visibility = publication.party, Audience.PUBLIC


def end(case: Case, publication: Publication, gate: Gate, reason: str, at: datetime) -> None:
    """What was public is seen by nobody but the departments from here on."""
    if publication.gate == Gate.PUBLISHED:
        case.visibility, case.party_public, case.summary_public = Audience.DEPARTMENT, "", ""
    publication.gate, publication.ended_at, publication.reason = gate, at, reason
