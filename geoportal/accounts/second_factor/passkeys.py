"""Passkeys (WebAuthn): a key that the phone, the computer or a small device keeps, and that signs for this site alone.

Browsers know them on sites with TLS and on localhost, by the name of the site: at an address of numbers there are none.
"""

import hashlib
import json
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
)

from geoportal.accounts.models import SecondFactor, User

from .codes import make_recovery_codes

ASKED = "passkey"
"""Under which the session keeps what a passkey is to sign, once."""

LONGEST = 2900  # bytes of what one says of itself


def offers_passkeys(request: HttpRequest) -> bool:
    host = _host(request)
    try:
        ip_address(host)
    except ValueError:
        return request.is_secure() or host == "localhost"
    return False


def own_passkeys(user: User) -> Any:
    return user.second_factors.filter(kind=SecondFactor.PASSKEY).order_by("made_at")


def new_passkey_options(request: HttpRequest, user: User) -> str:
    """What the browser is asked to make a passkey by, as JSON."""
    handle = hashlib.sha256(f"passkey of {user.pk}".encode()).digest()
    owner = PublicKeyCredentialUserEntity(
        name=user.get_username(), id=handle, display_name=user.get_username()
    )
    options, asked = _server(request).register_begin(
        owner, [_read(each) for each in own_passkeys(user)], user_verification=None
    )
    request.session[ASKED] = asked
    return json.dumps(dict(options)["publicKey"])


def passkey_options(request: HttpRequest, user: User) -> str:
    """What the browser is asked to sign by one of the person's passkeys, as JSON."""
    options, asked = _server(request).authenticate_begin([_read(each) for each in own_passkeys(user)])
    request.session[ASKED] = asked
    return json.dumps(dict(options)["publicKey"])


def made_passkey(request: HttpRequest, answer: str) -> AttestedCredentialData | None:
    """What the browser made; None where it is not for this session and site."""
    asked = request.session.pop(ASKED, None)
    try:
        found = _server(request).register_complete(asked, json.loads(answer)).credential_data
    except MISTAKES:
        return None
    if found is None or found.public_key.ALGORITHM not in CoseKey.supported_algorithms():
        return None
    return found if len(bytes(found)) <= LONGEST else None


@transaction.atomic
def keep_passkey(user: User, made: AttestedCredentialData, name: str) -> list[str]:
    """Gives recovery codes where there were none."""
    secret = urlsafe_b64encode(bytes(made)).decode()
    user.second_factors.create(kind=SecondFactor.PASSKEY, name=name, secret=secret)
    has_codes = user.second_factors.filter(kind=SecondFactor.RECOVERY).exists()
    return [] if has_codes else make_recovery_codes(user)


def use_passkey(request: HttpRequest, user: User, answer: str) -> SecondFactor | None:
    """Whose signature it is; None where it is none, was used, or comes of a copy of the key."""
    asked = request.session.pop(ASKED, None)
    known = {bytes(_read(each)): each for each in own_passkeys(user)}
    try:
        sent = AuthenticationResponse.from_dict(json.loads(answer))
        used = _server(request).authenticate_complete(asked, [*map(AttestedCredentialData, known)], sent)
        counter = sent.response.authenticator_data.counter
    except MISTAKES:
        return None
    passkey = known[bytes(used)]
    kept = SecondFactor.objects.filter(pk=passkey.pk)
    if counter or passkey.used_step:  # those that are on several devices do not count
        kept = kept.filter(used_step__lt=counter)
    return passkey if kept.update(used_step=counter, used_at=timezone.now()) else None


MISTAKES = (
    ValueError, TypeError, LookupError, AttributeError, AssertionError, RuntimeError, OverflowError, struct.error,
)  # fmt: skip
"""What is raised of an answer that no browser gives."""


def _read(passkey: SecondFactor) -> AttestedCredentialData:
    return AttestedCredentialData(urlsafe_b64decode(passkey.secret))


def _host(request: HttpRequest) -> str:
    return urlsplit(f"//{request.get_host()}").hostname or ""


def _server(request: HttpRequest) -> Fido2Server:
    site = f"{request.scheme}://{request.get_host()}"
    entity = PublicKeyCredentialRpEntity(name="Geoportal", id=_host(request))
    return Fido2Server(entity, verify_origin=lambda origin: origin == site)
