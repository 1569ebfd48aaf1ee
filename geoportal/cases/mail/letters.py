"""Letters to people outside: they say that there is something to read by the receipt, and nothing of what or of whom."""

from collections.abc import Collection, Sequence

from django.conf import settings
from django.urls import reverse

from geoportal.mail import send
from layers.casework.cases.receipt_mail import confirmed_addresses
from layers.casework.models import MailAddress, Notice
from layers.casework.notices.channels import NotSent, Outsider
from layers.jobs.tasks import JobContext, job
from layers.registry.text import Text

CONFIRM_SUBJECT = "请确认邮箱 · Please confirm this address"
CONFIRM_BODY = """\
有人在本门户登记了此邮箱，用于接收办理进展通知。如确系本人，请在 7 日内打开以下链接并点击“确认”：

{link}

如非本人操作，请忽略本邮件，系统不会再向您发送。

Somebody asked the portal to send news of a matter to this address. If it was you, open the link above within 7 days and
press “Confirm”. If it was not, do nothing: no other letter comes.
"""
NEWS_SUBJECT = "有新的办理进展 · There is news"
NEWS_BODY = """\
您关注的事项有新的办理进展。请凭回执号和口令查看：

{address}

不再接收此类邮件，请打开：

{link}

There is news of the matter that you follow. Read it with the number and the secret of your receipt at the first address
above. If you want no more letters, open the second.
"""


def confirmed_outsiders(outsiders: Collection[Outsider]) -> list[Outsider]:
    found = confirmed_addresses([case for case, _ in outsiders])
    return [(each.receipt.case_id, each.receipt.role) for each in found]


def send_news(notices: Sequence[Notice]) -> None:
    """To whoever holds the receipt of one role of one case."""
    first = notices[0]
    found = confirmed_addresses([first.case_id]).filter(receipt__role=first.addressee).first()
    if found is None:
        raise NotSent("no address")
    link = _link(found)
    body = NEWS_BODY.format(address=_site(found) + reverse("receipts"), link=link)
    headers = {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    send(found.email, NEWS_SUBJECT, body, headers | {"Message-ID": identifier(first)})


@job(title=Text("发送邮箱确认邮件", "Letter that asks to confirm an address"), is_repeatable=True)
def send_question(context: JobContext, address: int) -> None:
    """Nothing is left to ask where the holder took the address back meanwhile."""
    found = MailAddress.objects.filter(pk=address, confirmed_at=None).first()
    if found:
        send(found.email, CONFIRM_SUBJECT, CONFIRM_BODY.format(link=_link(found)))


def identifier(notice: Notice) -> str:
    """By which mail programs know a letter that was sent again after a sender died."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    return f"<notice-{notice.pk}.{notice.made_at:%Y%m%d%H%M%S}@{domain}>"


def _link(address: MailAddress) -> str:
    return _site(address) + reverse("receipt-mail", args=[address.key])


def _site(address: MailAddress) -> str:
    """Where the portal is now; where its address is not set, where it was when its letters were asked for."""
    return settings.ADDRESS or address.site
