"""Failed sign-ins in the log: whose and from where, as numbers that only the database's keeper resolves."""

import logging
from typing import Any

from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from .client_address import client_address, network_of
from .models import User

log = logging.getLogger(__name__)


@receiver(user_login_failed)
def note(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    name = str(credentials.get("username", ""))
    known = User.objects.filter(username=name).values_list("pk", flat=True).first()
    account = f"account {known}" if known else "an account that does not exist"
    where = network_of(client_address(request)) if request else ""
    log.warning("A sign-in to %s failed, from %s", account, where or "nowhere")
