"""Notices by e-mail: that there is something to read in the portal, and nothing of what it is."""

import smtplib
from collections.abc import Collection, Sequence

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import QuerySet

from geoportal.accounts.models import User
from layers.casework.models import Notice
from layers.casework.notices.channels import Channel, NotSent
from layers.registry.text import Text

SUBJECT = "案件办理通知 · Notices of cases"
BODY = """\
您有 {count} 条新的案件办理通知，请登录平台，在“通知”中查看。

There are {count} new notices of cases for you. Sign in to the portal and read them under "Notices".
"""


def officers_with_address(officers: Collection[int]) -> list[int]:
    """Those whose account has an address."""
    return list(_accounts(officers).values_list("officer", flat=True))


def send_mail(notices: Sequence[Notice]) -> None:
    """To one officer; sent again after a sender died it has the same identifier, by which mail programs know it."""
    first = notices[0]
    account = _accounts([first.officer_id or 0]).first()
    if account is None:
        raise NotSent("no address")
    message = EmailMessage(
        SUBJECT,
        BODY.format(count=len(notices)),
        settings.DEFAULT_FROM_EMAIL,
        [account.email],
        headers={"Message-ID": _identifier(first)},
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as problem:
        raise NotSent(type(problem).__name__) from problem


def _accounts(officers: Collection[int]) -> QuerySet[User]:
    return User.objects.filter(officer__in=officers, is_active=True, officer__is_active=True).exclude(
        email=""
    )


def _identifier(notice: Notice) -> str:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<notice-{notice.pk}.{notice.made_at:%Y%m%d%H%M%S}@{domain}>"


BY_MAIL = Channel("email", Text("电子邮件", "E-mail"), officers_with_address, send_mail)
