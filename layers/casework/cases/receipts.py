"""Receipts: by number and secret somebody without an account follows one case and acts in it."""

import hashlib
import secrets
import unicodedata
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from layers.agencies.models import Officer
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import check_department
from layers.casework.log.case_lock import lock_case
from layers.casework.log.event_log import Entry, append_event
from layers.casework.models import Case, Event, EventKind, MailAddress, PendingUpload, Receipt
from layers.casework.procedures import Role
from layers.casework.procedures.versions import NoProcedure, procedure_of
from layers.registry.text import Text

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""What a secret is made of: none that looks like another."""
SECRET_LENGTH = 16
"""Signs: 79 bits, so that a plain hash of it is as good as a slow one."""
NUMBER_LENGTH = 12
NONE_IN_FORCE = Text("没有有效的回执。", "There is no receipt in force.")


@dataclass(frozen=True)
class IssuedReceipt:
    """The only time that the secret is known."""

    receipt: Receipt
    secret: str


def issue_receipt(case_id: int, role: str, actor: Actor, revision: int | None = None) -> IssuedReceipt:
    """One that was issued before for the role is revoked."""
    with lock_case(case_id, revision) as case:
        officer = _check(case, role, actor)
        revoked = _revoke(case, role)
        secret = _new_secret()
        made = Receipt.objects.create(
            case=case,
            role=role,
            number=f"{secrets.randbelow(10**NUMBER_LENGTH):0{NUMBER_LENGTH}d}",
            secret=_digest(secret),
            issued_at=timezone.now(),
            issued_by=officer,
        )
        data = {"role": role, "number": made.number, "act": "issued", "revoked": revoked}
        append_event(case, actor, Entry(EventKind.RECEIPT, data=data))
        return IssuedReceipt(made, secret)


def renew_secret(case_id: int, role: str, actor: Actor, revision: int | None = None) -> IssuedReceipt:
    """The number stays, and where its holder is told; the old secret and whoever came in by it do not."""
    with lock_case(case_id, revision) as case:
        _check(case, role, actor)
        receipt = receipts_in_force().filter(case=case, role=role).first()
        if receipt is None:
            raise NotAllowed(NONE_IN_FORCE)
        secret = _new_secret()
        receipt.secret = _digest(secret)
        receipt.save(update_fields=["secret"])
        data = {"role": role, "number": receipt.number, "act": "renewed"}
        append_event(case, actor, Entry(EventKind.RECEIPT, data=data))
        return IssuedReceipt(receipt, secret)


def revoke_receipt(case_id: int, role: str, actor: Actor, revision: int | None = None) -> Event:
    with lock_case(case_id, revision) as case:
        _check(case, role, actor)
        number = _revoke(case, role)
        if not number:
            raise NotAllowed(NONE_IN_FORCE)
        data = {"role": role, "number": number, "act": "revoked"}
        return append_event(case, actor, Entry(EventKind.RECEIPT, data=data))


def find_receipt(number: str, secret: str) -> Receipt | None:
    """Of what somebody typed: width of signs, case, spaces and hyphens do not matter."""
    found = receipts_in_force().filter(number=typed_signs(number)).first()
    kept = (
        found.secret if found else "0" * 64
    )  # compared all the same, so that time tells nothing of the number
    return found if constant_time_compare(kept, _digest(typed_signs(secret))) else None


def receipts_in_force() -> "QuerySet[Receipt]":
    return Receipt.objects.filter(revoked_at=None)


def typed_signs(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())


def outside_roles(case: Case) -> list[Role]:
    """For whom receipts of the case are issued. Raises NoProcedure."""
    return [role for role in procedure_of(case).roles.values() if role.outside]


def is_usable(receipt: Receipt) -> bool:
    """Whether the case still runs by a procedure that has the role."""
    try:
        return receipt.role in {role.code for role in outside_roles(receipt.case)}
    except NoProcedure:
        return False


def receipt_actor(receipt: Receipt) -> Actor:
    """Whoever holds the receipt, named in the log by the role."""
    role = procedure_of(receipt.case).roles[receipt.role]
    return Actor(role.title.zh, outside=role.code)


def _check(case: Case, role: str, actor: Actor) -> Officer:
    officer = check_department(case, actor)
    if role not in {each.code for each in outside_roles(case)}:
        raise NotAllowed(Text("办案程序没有这一外部角色。", "The case's procedure has no such role outside."))
    return officer


def _revoke(case: Case, role: str) -> str:
    """The number of the receipt that was in force; its holder's address and files that wait go with it."""
    found = receipts_in_force().filter(case=case, role=role).first()
    if found is None:
        return ""
    found.revoked_at = timezone.now()
    found.save(update_fields=["revoked_at"])
    MailAddress.objects.filter(receipt=found).delete()
    PendingUpload.objects.filter(case=case, outside=role).update(until=found.revoked_at)
    return found.number


def _new_secret() -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(SECRET_LENGTH))


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
