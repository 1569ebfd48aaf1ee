"""Notices are written in the transaction of what they tell of, so that neither is there without the other."""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from layers.casework.models import Addressee, Event, Limit, LimitStatus, Notice, NoticeKind

from .channels import Channel, sending_channels
from .recipients import recipients, responsible


def write_notices(event: Event) -> None:
    """Of an event that has just been saved."""
    _keep(
        Notice(
            case=event.case,
            kind=kind,
            event=event,
            addressee=addressee,
            officer=officer,
            made_at=event.at,
            delivered_at=event.at if officer else None,
        )
        for kind, addressee, officer in recipients(event)
    )


def tell_of_due_limits(most: int = 1000) -> int:
    """Once for each limit from the time on that its procedure warns; how many limits were told of."""
    now = timezone.now()
    soon = Limit.objects.filter(status=LimitStatus.RUNNING, warn__lte=now, due__gt=now, told_due=False)
    found = list(soon.select_related("case__handler", "case__department").order_by("due")[:most])
    return sum(_tell_of(limit) for limit in found)


@transaction.atomic
def _tell_of(limit: Limit) -> bool:
    """Whether it still was to be told: another watch may have been faster."""
    if not Limit.objects.filter(pk=limit.pk, told_due=False).update(told_due=True):
        return False
    now = timezone.now()
    _keep(
        Notice(
            case=limit.case,
            kind=NoticeKind.DUE,
            limit=limit,
            addressee=Addressee.OFFICER,
            officer=officer,
            made_at=now,
            delivered_at=now,
        )
        for officer in responsible(limit.case)
    )
    return True


def _keep(notices: Iterable[Notice]) -> None:
    """In the portal, and by each other channel for those whom it reaches."""
    made = list(notices)
    officers = {notice.officer_id for notice in made if notice.officer_id}
    outsiders = {(notice.case_id, notice.addressee) for notice in made if not notice.officer_id}
    sent: list[Notice] = []
    for channel in sending_channels():
        reached = set(channel.reached(officers)) if officers else set()
        outside = set(channel.reached_outside(outsiders)) if outsiders else set()
        for notice in made:
            who = (notice.case_id, notice.addressee)
            if notice.officer_id in reached or (not notice.officer_id and who in outside):
                sent.append(_by_channel(channel, notice))
    Notice.objects.bulk_create([*made, *sent])


def _by_channel(channel: Channel, notice: Notice) -> Notice:
    return Notice(
        case=notice.case,
        kind=notice.kind,
        event=notice.event,
        limit=notice.limit,
        addressee=notice.addressee,
        officer=notice.officer,
        made_at=notice.made_at,
        channel=channel.code,
        send_at=notice.made_at,
    )
