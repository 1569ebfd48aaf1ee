"""Letters about a case for whoever holds its receipt: to an address that they gave and confirmed, until they end it."""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from layers.casework.access.actor import NotAllowed
from layers.casework.models import MailAddress, Receipt
from layers.registry.text import Text

from .receipts import NONE_IN_FORCE, receipts_in_force

MOST_LETTERS = 10
"""Letters that ask for a confirmation, of one receipt."""
PAUSE = timedelta(minutes=1)
UNCONFIRMED = timedelta(days=7)
"""How long an address waits for its confirmation until it is forgotten."""


@transaction.atomic
def request_mail(receipt: Receipt, email: str, site: str) -> MailAddress:
    """The address in place of one given before, until it is confirmed nothing is sent to it but the question."""
    try:
        validate_email(email)
    except ValidationError as problem:
        raise NotAllowed(Text("这不是有效的电子邮箱地址。", "This is no e-mail address.")) from problem
    kept, now = receipts_in_force().select_for_update().filter(pk=receipt.pk).first(), timezone.now()
    if kept is None:
        raise NotAllowed(NONE_IN_FORCE)
    before = MailAddress.objects.filter(receipt=kept).first()
    if kept.letters >= MOST_LETTERS:
        raise NotAllowed(
            Text(
                "确认邮件已发送多次，不能再发；请联系办理部门重新出具回执。",
                "Too many letters were sent already; ask the department for a new receipt.",
            )
        )
    if before and before.asked_at > now - PAUSE:
        raise NotAllowed(
            Text("确认邮件刚刚发出，请一分钟后再试。", "A letter was sent just now; try again in a minute.")
        )
    kept.letters += 1
    kept.save(update_fields=["letters"])
    MailAddress.objects.filter(receipt=kept).delete()
    return MailAddress.objects.create(
        receipt=kept, email=email, site=site, key=secrets.token_urlsafe(24), asked_at=now
    )


def find_address(key: str) -> MailAddress | None:
    """Of a receipt in force; one that waited too long for its confirmation is none."""
    found = _in_force().filter(key=key).first()
    return found if found and (found.confirmed_at or found.asked_at > timezone.now() - UNCONFIRMED) else None


def confirm_address(address: MailAddress) -> None:
    _in_force().filter(pk=address.pk, confirmed_at=None).update(confirmed_at=timezone.now())


def end_mail(receipt_id: int) -> None:
    """The address is forgotten."""
    MailAddress.objects.filter(receipt=receipt_id).delete()


def delete_unconfirmed(now: datetime) -> int:
    return MailAddress.objects.filter(confirmed_at=None, asked_at__lt=now - UNCONFIRMED).delete()[0]


def confirmed_addresses(cases: Collection[int]) -> "QuerySet[MailAddress]":
    return _in_force().filter(receipt__case__in=cases).exclude(confirmed_at=None)


def _in_force() -> "QuerySet[MailAddress]":
    return MailAddress.objects.filter(receipt__revoked_at=None).select_related("receipt")
