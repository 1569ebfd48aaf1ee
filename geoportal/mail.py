"""Letters by the mail server."""

import smtplib
from collections.abc import Mapping

from django.conf import settings
from django.core.mail import EmailMessage

from layers.casework.notices.channels import NotSent


def send(email: str, subject: str, body: str, headers: Mapping[str, str] | None = None) -> None:
    """Raises NotSent, with the fault's kind alone: what the server answers repeats the address."""
    message = EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [email], headers=dict(headers or {}))
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as problem:
        raise NotSent(type(problem).__name__) from None
