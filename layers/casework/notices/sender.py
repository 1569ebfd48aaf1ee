"""What waits for a channel is sent: claimed first, so that whoever dies at it leaves it to the next, which comes later."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from layers.casework.models import Notice

from .channels import Channel, NotSent, sending_channels

PAUSES = [timedelta(minutes=each) for each in (1, 5, 15, 60, 240, 720)]
"""How long after each attempt the next one is due; after the last nobody tries again."""


def send_due() -> int:
    """How many notices were sent. What fails ends the round of its channel, whose server may be down."""
    return sum(_send_all(channel) for channel in sending_channels())


def unsent() -> dict[str, int]:
    """By channel, the notices that were given up."""
    given_up = Notice.objects.exclude(failed_at=None).values_list("channel", flat=True)
    return {code: sum(1 for each in given_up if each == code) for code in sorted(set(given_up))}


def _send_all(channel: Channel) -> int:
    sent = 0
    while (claimed := _claim(channel.code)) is not None:
        if claimed and not _send(channel, claimed):
            break
        sent += len(claimed)
    return sent


@transaction.atomic
def _claim(code: str) -> list[Notice] | None:
    """All that one officer, or somebody outside of one case, has waiting, and that no other sender holds; by now they
    are due again later."""
    now = timezone.now()
    waiting = Notice.objects.filter(channel=code, delivered_at=None, failed_at=None, send_at__lte=now)
    first = waiting.order_by("send_at").select_for_update(skip_locked=True).first()
    if first is None:
        return None
    same: dict[str, Any] = {"officer": first.officer_id}
    if first.officer_id is None:
        same |= {"case": first.case_id, "addressee": first.addressee}
    found = list(waiting.filter(**same).order_by("pk").select_for_update(skip_locked=True))
    for notice in found:
        notice.attempts += 1
        notice.send_at = now + PAUSES[min(notice.attempts, len(PAUSES)) - 1]
        if notice.attempts > len(PAUSES):
            notice.failed_at = now
    Notice.objects.bulk_update(found, ["attempts", "send_at", "failed_at"])
    return [notice for notice in found if notice.failed_at is None]


def _send(channel: Channel, claimed: Sequence[Notice]) -> bool:
    keys = [notice.pk for notice in claimed]
    own = Notice.objects.filter(pk__in=keys, delivered_at=None)
    try:
        if channel.send is not None:
            channel.send(claimed)
    except NotSent as problem:
        own.update(problem=str(problem)[:200])
        last = [notice.pk for notice in claimed if notice.attempts >= len(PAUSES)]
        own.filter(pk__in=last).update(failed_at=timezone.now())
        return False
    own.update(delivered_at=timezone.now(), problem="")
    return True
