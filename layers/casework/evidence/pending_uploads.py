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

from layers.casework.cases.actor import Acting
from layers.casework.models import Case, Evidence, PendingUpload

from .content_store import Stored, remove, store
from .custody import Piece, add_stored

KEPT = timedelta(days=7)
GRACE = timedelta(hours=1)
"""How long a file that nothing refers to is left, for whoever is just about to refer to it."""


def waiting_of(case: Case, acting: Acting) -> "QuerySet[PendingUpload]":
    return PendingUpload.objects.filter(case=case, officer=acting.officer, until__gt=timezone.now())


def keep(case: Case, acting: Acting, form: UUID, name: str, chunks: Iterable[bytes]) -> PendingUpload:
    """Keep a file as it arrives; the same one waits once, and with the same form it is the same evidence."""
    stored, now = store(chunks), timezone.now()
    known = {"size": stored.size, "file_name": name, "received": now, "until": now + KEPT}
    found, _ = PendingUpload.objects.update_or_create(
        case=case,
        officer=acting.officer,
        sha256=stored.sha256,
        defaults={
            **known,
            "key": uuid5(form, f"{case.pk} {acting.officer and acting.officer.pk} {stored.sha256}"),
        },
    )
    return found


@transaction.atomic
def go_on(waiting: PendingUpload, piece: Piece, acting: Acting) -> Evidence:
    """It becomes evidence."""
    stored = Stored(waiting.sha256, waiting.size)
    kept = add_stored(
        waiting.case_id, replace(piece, file_name=waiting.file_name, key=waiting.key), stored, acting
    )
    PendingUpload.objects.filter(pk=waiting.pk).delete()
    return kept


def drop(waiting: PendingUpload) -> None:
    """Out of sight at once; the next :func:`forget` takes the file away."""
    waiting.until = timezone.now()
    waiting.save(update_fields=["until"])


def forget(now: datetime) -> int:
    """Take away the files whose time is over; how many were."""
    before = now - GRACE
    with transaction.atomic():
        over = PendingUpload.objects.select_for_update(skip_locked=True).filter(until__lt=before)
        files = dict(over.values_list("pk", "sha256"))
        PendingUpload.objects.filter(pk__in=files).delete()
    for sha256 in set(files.values()):
        if not _is_referred_to(sha256):
            remove(sha256, before.timestamp())
    return len(files)


def _is_referred_to(sha256: str) -> bool:
    """Asked in one statement, so that nothing goes on from one table to the other in between."""
    tables = ("casework_evidence", "casework_document", "casework_pendingupload")
    asked = " OR ".join(f"EXISTS (SELECT FROM {table} WHERE sha256 = %(sha256)s)" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {asked}", {"sha256": sha256})
        return bool(cursor.fetchone()[0])
