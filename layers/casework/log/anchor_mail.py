"""The head of the log by mail, once a day: in a letter box the portal's own administrators cannot change it."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from .anchors import Anchor, anchors_file, last_anchor


def send_head(now: datetime) -> bool:
    """Whether a letter was sent; the day counts as told only then."""
    anchor, today = last_anchor(), timezone.localdate(now).isoformat()
    if not settings.LOG_ANCHOR_MAIL or anchor is None or _told() == today:
        return False
    with override(settings.LANGUAGE_CODE):
        send_mail(_subject(anchor), _text(anchor), None, settings.LOG_ANCHOR_MAIL)
    _mark().write_text(today)
    return True


def _subject(anchor: Anchor) -> str:
    return _("Head of the log of cases: %(number)d") % {"number": anchor.number}


def _text(anchor: Anchor) -> str:
    return _(
        "Keep this letter: it proves that the log of cases is not rewritten.\n\n"
        "Head: %(number)d:%(hash)s\nTime: %(at)s\nKey: %(key)s\n\n"
        "To compare: manage.py verify_log --head %(number)d:%(hash)s --key %(key)s\n"
    ) % {
        "number": anchor.number,
        "hash": anchor.hash,
        "at": timezone.localtime(anchor.moment).isoformat(),
        "key": anchor.key,
    }


def _mark() -> Path:
    return anchors_file().with_name("last-letter")


def _told() -> str:
    try:
        return _mark().read_text()
    except FileNotFoundError:
        return ""
