"""Files that arrived for a case and are no evidence yet, because the form they came with was refused.

They lie in the store like evidence and belong to who sent them, for that case alone: they go on as evidence, are
dropped, or are forgotten after a week.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from layers.casework.access.actor import Actor
from layers.casework.models import Case, Evidence, PendingUpload

from .content_store import StoredFile, remove_file, store_file
from .custody import EvidenceItem, add_stored_evidence

LIFETIME = timedelta(days=7)
GRACE = timedelta(hours=1)
"""How long a file that nothing refers to is left, for whoever is just about to refer to it."""


def pending_uploads(case: Case, actor: Actor) -> "QuerySet[PendingUpload]":
    own = PendingUpload.objects.filter(case=case, officer=actor.officer, outside=actor.outside)
    return own.filter(until__gt=timezone.now())


def save_upload(case: Case, actor: Actor, form: UUID, name: str, chunks: Iterable[bytes]) -> PendingUpload:
    """Keep a file as it arrives; the same one waits once, and with the same form it is the same evidence."""
    stored, now = store_file(chunks), timezone.now()
    who = actor.outside or (actor.officer and actor.officer.pk)
    known = {"size": stored.size, "file_name": name, "received": now, "until": now + LIFETIME}
    found, _ = PendingUpload.objects.update_or_create(
        case=case,
        officer=actor.officer,
        outside=actor.outside,
        sha256=stored.sha256,
        defaults={
            **known,
            "key": uuid5(form, f"{case.pk} {who} {stored.sha256}"),
        },
    )
    return found


@transaction.atomic
def promote_upload(waiting: PendingUpload, piece: EvidenceItem, actor: Actor) -> Evidence:
    """It becomes evidence."""
    stored = StoredFile(waiting.sha256, waiting.size)
    kept = add_stored_evidence(
        waiting.case_id, replace(piece, file_name=waiting.file_name, key=waiting.key), stored, actor
    )
    PendingUpload.objects.filter(pk=waiting.pk).delete()
    return kept


def discard_upload(waiting: PendingUpload) -> None:
    """Out of sight at once; the next :func:`delete_expired` takes the file away."""
    waiting.until = timezone.now()
    waiting.save(update_fields=["until"])


def delete_expired(now: datetime) -> int:
    """Take away the files whose time is over; how many were."""
    before = now - GRACE
    with transaction.atomic():
        over = PendingUpload.objects.select_for_update(skip_locked=True).filter(until__lt=before)
        files = dict(over.values_list("pk", "sha256"))
        PendingUpload.objects.filter(pk__in=files).delete()
    for sha256 in set(files.values()):
        if not _is_referred_to(sha256):
            remove_file(sha256, before.timestamp())
    return len(files)


def _is_referred_to(sha256: str) -> bool:
    """Asked in one statement, so that nothing goes on from one table to the other in between."""
    tables = ("casework_evidence", "casework_document", "casework_pendingupload")
    asked = " OR ".join(f"EXISTS (SELECT FROM {table} WHERE sha256 = %(sha256)s)" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}", {"sha256": sha256})
        return bool(cursor.fetchone()[0])
