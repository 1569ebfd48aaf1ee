"""Guesses at passwords and secrets: each is charged before it is looked at, and given back when it was right.

Strangers make nobody else wait for good: a browser from which an account was signed in has a count of its own, and
where many networks guess at one account each of them waits for a turn that nobody else can take.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.timezone import localtime, now
from django.utils.translation import gettext as _

from geoportal.accounts.client_address import client_address, host_of, network_of
from geoportal.accounts.models import Throttle
from layers.errors import TooManyRequests

from .devices import device_of, digest
from .rules import ALLOWANCES, MEMORY, TURN, Scope


@dataclass(frozen=True)
class Attempt:
    """A guess that may be made now; ``account`` is the digest of what it is about."""

    account: str
    keys: dict[Scope, str]

    def succeed(self) -> None:
        """It was right: its own count begins anew, those it shares with others lose what it was charged."""
        with transaction.atomic():
            for row in _locked(self.keys.values()):
                own = row.scope in {Scope.DEVICE, Scope.PAIR}
                row.failures = 0 if own else max(0, row.failures - 1)
                row.save(update_fields=["failures"])
        _forget()


def begin_attempt(request: HttpRequest, subject: str, known_as: str = "") -> Attempt:
    """Charge a guess at ``subject`` (an account, a receipt) or raise :class:`TooManyRequests` with the time to wait.

    ``known_as`` is the subject by which browsers are known, where it is another.
    """
    account = digest(subject)
    keys = _keys(request, account, digest(known_as) if known_as else account)
    at = now()
    with transaction.atomic():
        blank = [
            Throttle(key=key, scope=scope, at=at)
            for scope, key in sorted(keys.items(), key=lambda each: each[1])
        ]
        # Those that are there already are locked by this too, before anybody forgets them.
        Throttle.objects.bulk_create(
            blank, update_conflicts=True, update_fields=["scope"], unique_fields=["key"]
        )
        rows = {Scope(row.scope): row for row in _locked(keys.values())}
        until = max(_until(scope, row, rows, at) for scope, row in rows.items())
        if until <= at:
            for row in rows.values():
                row.failures = _failures(row, at) + 1
                row.at, row.turn = at, None
        Throttle.objects.bulk_update(rows.values(), ["failures", "at", "turn"])
    if until > at:
        raise TooManyRequests(_sentence(until, at), ceil((until - at).total_seconds()))
    return Attempt(account, keys)


def _until(scope: Scope, row: Throttle, rows: dict[Scope, Throttle], at: datetime) -> datetime:
    """From when on this count lets the next guess through."""
    wait = timedelta(seconds=ALLOWANCES[scope].wait(_failures(row, at)))
    if scope != Scope.ACCOUNT or not wait:
        return row.at + wait if wait else at
    pair = rows[Scope.PAIR]
    if pair.turn is None or pair.turn + timedelta(seconds=TURN) < at:
        pair.turn = at + wait
    return pair.turn


def _failures(row: Throttle, at: datetime) -> int:
    return row.failures if at - row.at < timedelta(seconds=MEMORY) else 0


def _keys(request: HttpRequest, account: str, known: str) -> dict[Scope, str]:
    """Of what is counted only digests are kept, which tell nobody's name and address."""
    if device := device_of(request, known):
        return {Scope.DEVICE: digest(f"{device} {account}")}
    address = client_address(request)
    network = network_of(address)
    pair = {Scope.PAIR: digest(f"{network} {account}"), Scope.ACCOUNT: account}
    if not address:
        return pair
    return pair | {Scope.ADDRESS: digest(f"address {host_of(address)}"), Scope.NETWORK: digest(network)}


def _locked(keys: Iterable[str]) -> list[Throttle]:
    """In one order, so that two that share some wait for each other."""
    return list(Throttle.objects.select_for_update().filter(key__in=keys).order_by("key"))


def _forget() -> None:
    with transaction.atomic():
        old = Throttle.objects.filter(at__lt=now() - timedelta(seconds=MEMORY))
        keys = list(old.select_for_update(skip_locked=True).values_list("key", flat=True)[:1000])
        Throttle.objects.filter(key__in=keys).delete()


def _sentence(until: datetime, at: datetime) -> str:
    local = localtime(until + timedelta(seconds=1))
    return _("It was tried too often with wrong details. Try again at %(time)s, in %(seconds)d seconds.") % {
        "time": date_format(local, "H:i:s"),
        "seconds": ceil((until - at).total_seconds()),
    }
