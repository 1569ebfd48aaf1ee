"""Saying that somebody outside was told what a step must tell them."""

from django.utils import timezone

from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import check_department
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import PORTAL, Event, EventKind, Notice, Receipt
from layers.registry.text import Text

from .receipts import receipt_actor


def record_delivery(
    case_id: int, notice_id: int, how: str, actor: Actor, revision: int | None = None
) -> Event:
    """``how`` says by what way and when; the log keeps it."""
    with lock_case(case_id, revision) as case:
        check_department(case, actor)
        notice = Notice.objects.filter(
            case=case, pk=notice_id, officer=None, delivered_at=None, channel=PORTAL
        ).first()
        if notice is None or notice.event is None:
            raise NotAllowed(
                Text(
                    "没有此项待告知事项，可能已经告知。",
                    "Nothing of this is left to tell; it may have been told.",
                )
            )
        if not how.strip():
            raise NotAllowed(Text("请写明何时以何种方式告知。", "Say when and by what way it was told."))
        notice.delivered_at = timezone.now()
        notice.save(update_fields=["delivered_at"])
        data = {"addressee": notice.addressee, "step": notice.event.step, "note": how}
        return append_event(case, actor, Entry(EventKind.TOLD, data=data))


def record_receipt_reading(receipt: Receipt) -> int:
    """Whoever entered by the receipt reads what waits for the role; how many notices that were."""
    waiting = Notice.objects.filter(
        case=receipt.case_id, addressee=receipt.role, officer=None, delivered_at=None, channel=PORTAL
    )
    if not waiting.exists():
        return 0
    with lock_case(receipt.case_id) as case:
        found, now, actor = (
            list(waiting.select_related("event").order_by("pk")),
            timezone.now(),
            receipt_actor(receipt),
        )
        for notice in found:
            step = notice.event.step if notice.event else ""
            data = {"addressee": notice.addressee, "step": step, "channel": PORTAL}
            append_event(case, actor, Entry(EventKind.TOLD, data=data))
        waiting.filter(pk__in=[each.pk for each in found]).update(delivered_at=now, read_at=now)
        return len(found)
