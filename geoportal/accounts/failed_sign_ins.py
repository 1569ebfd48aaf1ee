"""Failed sign-ins in the log: whose and from where, as numbers that only the database's keeper resolves."""

import logging
from ipaddress import ip_network
from typing import Any

from django.contrib.auth.signals import user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from .client_address import client_address
from .models import User

log = logging.getLogger(__name__)


@receiver(user_login_failed)
def note(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    name = str(credentials.get("username", ""))
    known = User.objects.filter(username=name).values_list("pk", flat=True).first()
    account = f"account {known}" if known else "an account that does not exist"
    log.warning(
        "A sign-in to %s failed, from %s", account, network(client_address(request) if request else "")
    )


def network(address: str) -> str:
    """The part of the Internet where the address lies, in which it is one of many."""
    return (
        str(ip_network(f"{address}/{48 if ':' in address else 24}", strict=False)) if address else "nowhere"
    )
