"""Codes of an authenticator app (RFC 6238, steps of 30 s), and recovery codes for when the phone is lost."""

import base64
import hashlib
import secrets
import time

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from geoportal.accounts.models import SecondFactor, User
from geoportal.accounts.throttle.devices import digest

STEP = 30  # seconds
SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
RECOVERY_CODES, LENGTH = 10, 12


def has_authenticator(user: User) -> bool:
    return user.second_factors.filter(kind=SecondFactor.AUTHENTICATOR).exists()


def has_second_factor(user: User) -> bool:
    return user.second_factors.exclude(kind=SecondFactor.RECOVERY).exists()


def matching_step(secret: str, code: str) -> int | None:
    """The step whose code it is: this one, the one before, or the next, as clocks differ."""
    now = int(time.time()) // STEP
    codes = {step: pyotp.TOTP(secret).generate_otp(step) for step in (now - 1, now, now + 1)}
    return next((step for step, right in codes.items() if constant_time_compare(right, code)), None)


@transaction.atomic
def keep_authenticator(user: User, secret: str, step: int) -> list[str]:
    """Instead of the one there was before; gives new recovery codes."""
    user.second_factors.filter(kind=SecondFactor.AUTHENTICATOR).delete()
    kept = _cipher().encrypt(secret.encode()).decode()
    user.second_factors.create(kind=SecondFactor.AUTHENTICATOR, secret=kept, used_step=step)
    return make_recovery_codes(user)


def make_recovery_codes(user: User) -> list[str]:
    """Instead of those there were before; only digests are kept."""
    user.second_factors.filter(kind=SecondFactor.RECOVERY).delete()
    codes = ["".join(secrets.choice(SIGNS) for _ in range(LENGTH)) for _ in range(RECOVERY_CODES)]
    for code in codes:
        user.second_factors.create(kind=SecondFactor.RECOVERY, secret=_recovery_digest(user, code))
    return ["-".join(code[at : at + 4] for at in range(0, LENGTH, 4)) for code in codes]


def use_code(user: User, typed: str) -> bool:
    """Whether it is right; each code works once."""
    code = "".join(typed.split()).replace("-", "").upper()
    if not (code.isascii() and code.isdigit() and len(code) == 6):
        found = user.second_factors.filter(kind=SecondFactor.RECOVERY, secret=_recovery_digest(user, code))
        return found.delete()[0] == 1
    factor = user.second_factors.filter(kind=SecondFactor.AUTHENTICATOR).first()
    secret = _read_secret(factor) if factor else None
    step = matching_step(secret, code) if secret else None
    if factor is None or step is None:
        return False
    unused = SecondFactor.objects.filter(pk=factor.pk, used_step__lt=step)
    return unused.update(used_step=step, used_at=timezone.now()) == 1


def _recovery_digest(user: User, code: str) -> str:
    return digest(f"recovery {user.pk} {code}")


def _read_secret(factor: SecondFactor) -> str | None:
    """None where the signing key is another since."""
    try:
        return _cipher().decrypt(factor.secret).decode()
    except InvalidToken:
        return None


def _cipher() -> Fernet:
    """What is in the database, and in backups without the key, makes no codes."""
    key = hashlib.sha256(f"second factor {settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
