"""Letters about accounts, as jobs: whoever asks learns neither from answer nor time whether there is an account."""

import logging
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from geoportal.accounts.models import User
from geoportal.mail import send
from layers.jobs.queue import enqueue
from layers.jobs.tasks import JobContext, job
from layers.registry.text import Text

from .passwords.links import password_link

LINK_SUBJECT = "重设密码 · A new password"
LINK_BODY = """\
有人为您的账号申请重设密码。请在 24 小时内打开以下链接设置新密码，链接只能使用一次：

{link}

如果不是您本人申请，请忽略本邮件，原密码继续有效。

Somebody asked for a new password for your account. Choose it by the link above within 24 hours; it works once.
If it was not you, do nothing: the old password stays.
"""
CHANGED_SUBJECT = "密码已修改 · Your password was changed"
CHANGED_BODY = """\
您账号的密码已修改，其他设备上的登录均已退出。如果不是您本人操作，请立即联系管理员。

The password of your account was changed, and all other sessions have ended. If it was not you, tell the administrator
at once.
"""

FACTOR_SUBJECT = "双重验证已变更 · Your second factor was changed"
FACTOR_BODY = """\
您账号的双重验证已变更。如果不是您本人操作，请立即联系管理员。

The second factor of your account was changed. If it was not you, tell the administrator at once.
"""

log = logging.getLogger(__name__)


@job(title=Text("发送重设密码邮件", "Letter with a link for a new password"), is_repeatable=True)
def send_link(context: JobContext, user: int, site: str) -> None:
    person = User.objects.get(pk=user)
    send(person.email, LINK_SUBJECT, LINK_BODY.format(link=password_link(person, site)))


@job(title=Text("发送密码修改通知", "Letter about a changed password"), is_repeatable=True)
def send_notice(context: JobContext, user: int) -> None:
    send(User.objects.get(pk=user).email, CHANGED_SUBJECT, CHANGED_BODY)


@job(title=Text("发送双重验证变更通知", "Letter about a changed second factor"), is_repeatable=True)
def send_factor_notice(context: JobContext, user: int) -> None:
    send(User.objects.get(pk=user).email, FACTOR_SUBJECT, FACTOR_BODY)


def tell_of_second_factor(user: User) -> None:
    log.warning("The second factor of account %s was changed", user.pk)
    if user.email and settings.HAS_MAIL_SERVER:
        transaction.on_commit(lambda: enqueue(send_factor_notice, user.pk))


class OwnerNotice:
    """Among the password validators, which Django tells of every change, whoever made it.

    All sessions end, but for the one in which it is done, which begins anew, and the owner learns of it.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Every password will do here."""

    def get_help_text(self) -> str:
        return _("All other sessions of the account end.")

    def password_changed(self, password: str, user: User) -> None:
        if user.last_login is None:
            return  # it is the first, and nobody's yet
        user.sessions.all().delete()
        log.warning("The password of account %s was changed", user.pk)
        if user.email and settings.HAS_MAIL_SERVER:
            transaction.on_commit(lambda: enqueue(send_notice, user.pk))
