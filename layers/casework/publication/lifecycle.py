"""The publication of a case: proposed with a masked text, reviewed by somebody else, published, and ended."""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from layers.casework.access.actor import THE_PORTAL, Actor, NotAllowed
from layers.casework.log.case_lock import lock_case
from layers.casework.log.case_snapshots import case_snapshot
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, EventKind, Publication, PublicationStatus
from layers.casework.procedures import Facts, Procedure
from layers.casework.procedures.versions import procedure_of
from layers.casework.rules.publication_terms import publication_months, withdrawal_reason
from layers.registry.text import Text

from . import effects
from .masking import PublicationText, has_generalised_place, mask_text, published_names
from .requirements import check_proposal, check_review, check_withdrawal
from .terms import first_publication, publication_end


def propose(case_id: int, text: PublicationText, actor: Actor, revision: int | None = None) -> Publication:
    with lock_case(case_id, revision) as case:
        check_proposal(case, text, actor)
        assert actor.officer is not None  # noqa: S101 - check_proposal refuses it
        made = effects.proposal(case, text, actor.officer, timezone.now())
        made.save()
        data = {"status": PublicationStatus.PROPOSED, "publication": made.pk}
        append_event(case, actor, Entry(EventKind.PUBLICATION, data=data))
        return made


def review(publication_id: int, *, publish: bool, reason: str, actor: Actor) -> Publication:
    """Somebody else with the post of a reviewer publishes it or gives it back with a reason."""
    case_id = Publication.objects.values_list("case_id", flat=True).get(pk=publication_id)
    with lock_case(case_id) as case:
        found = case.publications.get(pk=publication_id)
        check_review(case, found, publish, reason, actor)
        found.reviewed_by, found.reason = actor.officer, reason
        if publish:
            _publish(case, found)
        else:
            effects.end(case, found, PublicationStatus.RETURNED, reason, timezone.now())
        found.save()
        data = {"status": found.status, "publication": found.pk}
        append_event(case, actor, Entry(EventKind.PUBLICATION, data=data))
        return found


def _publish(case: Case, found: Publication) -> None:
    procedure, now = procedure_of(case), timezone.now()
    months = publication_months(procedure, case_snapshot(case).facts)
    since = first_publication(procedure, case) or now
    effects.publish(case, found, now, publication_end(since, months) if months else None)


def withdraw(
    case_id: int, reason: str, actor: Actor, status: PublicationStatus = PublicationStatus.WITHDRAWN
) -> None:
    """Nobody but the departments sees the case from here on; tiles that showed it are drawn anew."""
    with lock_case(case_id) as case:
        found = case.publications.filter(status=PublicationStatus.PUBLISHED).first()
        check_withdrawal(case, actor)
        if found is None:
            raise NotAllowed(Text("该案没有公示。", "This case is not published."))
        if not reason.strip():
            raise NotAllowed(Text("撤回须写明理由。", "Withdrawing needs a reason."))
        _end_publication(case, found, status, reason, actor)


def end_if_excluded(case: Case, procedure: Procedure, facts: Facts, actor: Actor) -> None:
    """After a step: what its rule publishes no more, as when the decision is revoked, ends at once."""
    if publication_months(procedure, facts) is None:
        reason = withdrawal_reason(procedure, facts)
        end_publications(case, reason.zh if reason else "按公示规则不再公示", actor)


def end_publications(case: Case, reason: str, actor: Actor) -> None:
    """What is public is withdrawn, what waits for its reviewer goes back; the case must be held."""
    for found in case.publications.filter(
        status__in=[PublicationStatus.PROPOSED, PublicationStatus.PUBLISHED]
    ):
        status = (
            PublicationStatus.WITHDRAWN
            if found.status == PublicationStatus.PUBLISHED
            else PublicationStatus.RETURNED
        )
        _end_publication(case, found, status, reason, actor)


def end_if_outdated(case: Case, reason: str, actor: Actor) -> None:
    """After parties changed: what tells of them otherwise than it may now ends; the case must be held."""
    for found in case.publications.filter(
        status__in=[PublicationStatus.PROPOSED, PublicationStatus.PUBLISHED]
    ):
        text = f"{found.title}\n{found.summary}"
        is_public = found.status == PublicationStatus.PUBLISHED
        is_elsewhere = is_public and case.is_generalised != has_generalised_place(case)
        if found.party != published_names(case) or mask_text(text, case) != text or is_elsewhere:
            end_publications(case, reason, actor)


def _end_publication(
    case: Case, found: Publication, status: PublicationStatus, reason: str, actor: Actor
) -> None:
    effects.end(case, found, status, reason, timezone.now())
    found.save()
    data = {"status": status, "publication": found.pk, "reason": reason}
    append_event(case, actor, Entry(EventKind.PUBLICATION, data=data))


def expire_publications(today: date) -> int:
    """Withdraw what has been public for as long as its rule says."""
    over = Publication.objects.filter(status=PublicationStatus.PUBLISHED, until__lt=today)
    return sum(
        _expire_publication(over, pk, case_id) for pk, case_id in list(over.values_list("pk", "case_id"))
    )


@transaction.atomic
def _expire_publication(over: "QuerySet[Publication]", pk: int, case_id: int) -> bool:
    """Whether it still was public: meanwhile somebody may have withdrawn it."""
    Case.objects.select_for_update().get(pk=case_id)
    if not over.filter(pk=pk).exists():
        return False
    withdraw(case_id, "公示期满", THE_PORTAL, PublicationStatus.EXPIRED)
    return True
