"""Notices by e-mail: that there is something to read in the portal, and nothing of what it is."""

from collections.abc import Collection, Sequence

from django.db.models import QuerySet

from geoportal.accounts.models import User
from geoportal.mail import send
from layers.casework.models import Notice
from layers.casework.notices.channels import Channel, NotSent
from layers.registry.text import Text

from .letters import confirmed_outsiders, identifier, send_news

SUBJECT = "案件办理通知 · Notices of cases"
BODY = """\
您有 {count} 条新的案件办理通知，请登录门户，在“通知”中查看。

There are {count} new notices of cases for you. Sign in to the portal and read them under "Notices".
"""


def officers_with_address(officers: Collection[int]) -> list[int]:
    """Those whose account has an address."""
    return list(_accounts(officers).values_list("officer", flat=True))


def send_mail(notices: Sequence[Notice]) -> None:
    """To one officer, or to somebody outside."""
    first = notices[0]
    if first.officer_id is None:
        send_news(notices)
        return
    account = _accounts([first.officer_id]).first()
    if account is None:
        raise NotSent("no address")
    headers = {"Message-ID": identifier(first)}
    send(account.email, SUBJECT, BODY.format(count=len(notices)), headers)


def _accounts(officers: Collection[int]) -> QuerySet[User]:
    return User.objects.filter(officer__in=officers, is_active=True, officer__is_active=True).exclude(
        email=""
    )


BY_MAIL = Channel("email", Text("电子邮件", "E-mail"), officers_with_address, send_mail, confirmed_outsiders)
