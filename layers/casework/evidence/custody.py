"""Taking in evidence: hashed, kept, compared with the case, and everything done with it in the log."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from math import cos, hypot, radians
from typing import Any
from uuid import UUID

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils import timezone

from layers.agencies.models import Officer
from layers.casework.cases.access import is_of
from layers.casework.cases.actor import Acting, NotAllowed, hold, say_acting
from layers.casework.cases.idempotency import wait_for
from layers.casework.log.event_log import Entry, Said, append
from layers.casework.models import Case, Document, EventKind, Evidence
from layers.registry.text import Text

from .content_store import Stored, hash_of, path_of, store
from .image_metadata import Picture, look, smaller

FAR = 200.0
"""Metres between a picture's own position and the case's from which it is flagged."""
LATE = timedelta(days=2)
"""How long before the case was reported, or after it was received, a picture's own time may lie."""
CLOCK = timedelta(minutes=5)
"""How much a device's clock may be wrong."""
ONE_LOOK = timedelta(hours=1)
"""How long the parts of a recording that somebody asks for are one viewing of it."""
DEGREE = 111_195.0  # metres of a degree of latitude on the mean sphere


@dataclass(frozen=True)
class Piece:
    """One piece of evidence as it comes in; ``captured`` and ``heading`` are what the device says."""

    file_name: str
    kind: str = "audio_visual"
    title: str = ""
    captured: datetime | None = None
    heading: float | None = None
    device: str = ""
    partner: Officer | None = None
    key: UUID | None = None
    said: Said = field(default_factory=Said)


def add_evidence(case_id: int, piece: Piece, chunks: Iterable[bytes], acting: Acting) -> Evidence:
    """Keep a file with the case; a piece with a key that is there already is given back."""
    sent = Evidence.objects.filter(key=piece.key).first() if piece.key else None
    if sent:
        return sent
    return add_stored(case_id, piece, store(chunks), acting)


def add_stored(case_id: int, piece: Piece, stored: Stored, acting: Acting) -> Evidence:
    """The same of a file that lies in the store already."""
    return _add_once(case_id, piece, stored, look(stored.path), acting)


@transaction.atomic
def _add_once(case_id: int, piece: Piece, stored: Stored, picture: Picture, acting: Acting) -> Evidence:
    """Another sending of the same key may have come to its end while the file was written."""
    if piece.key:
        wait_for(piece.key)
        sent = Evidence.objects.filter(key=piece.key).first()
        if sent:
            return sent
    with hold(case_id) as case:
        _check_own(case, acting)
        kept = _keep(case, piece, stored, picture, acting)
        _keep_smaller(kept)
        data = {"evidence": kept.pk, "act": "received", "sha256": kept.sha256, "findings": kept.findings}
        append(case, acting, Entry(EventKind.EVIDENCE, data=data, partner=piece.partner), piece.said)
        return kept


def _check_own(case: Case, acting: Acting) -> None:
    """Officers add to their department's cases, and whoever opened a case for another department to that one."""
    if acting.officer is None or is_of(case, acting.officer):
        return
    if not case.events.filter(kind=EventKind.OPENED, officer=acting.officer).exists():
        raise NotAllowed(Text("该案不属于您的部门。", "The case is not your department's."))


def _keep(case: Case, piece: Piece, stored: Stored, picture: Picture, acting: Acting) -> Evidence:
    now = timezone.now()
    return Evidence.objects.create(
        case=case,
        kind=piece.kind,
        title=piece.title,
        sha256=stored.sha256,
        size=stored.size,
        media_type=picture.media_type,
        file_name=piece.file_name[-160:],
        captured=piece.captured or picture.taken,
        received=now,
        position=piece.said.position or picture.position,
        accuracy=piece.said.accuracy,
        heading=piece.heading if piece.heading is not None else picture.heading,
        device=piece.device or picture.device,
        officer=acting.officer,
        partner=piece.partner,
        exif=picture.exif,
        findings=list(findings(case, piece, picture, now)),
        key=piece.key,
    )


def findings(case: Case, piece: Piece, picture: Picture, now: datetime) -> Iterator[str]:
    """What does not fit: codes, see :data:`FINDINGS` in the pages."""
    for name, moment in (("device", piece.captured), ("file", picture.taken)):
        if moment and moment > now + CLOCK:
            yield f"{name}_time_in_the_future"
        if moment and moment < case.reported - LATE:
            yield f"{name}_time_long_before_the_case"
    if piece.captured and picture.taken and abs(piece.captured - picture.taken) > CLOCK:
        yield "times_differ"
    for name, position in (("device", piece.said.position), ("file", picture.position)):
        if position and case.geom and metres(position, case.geom) > FAR:
            yield f"{name}_far_from_the_case"
    if picture.is_picture and not picture.taken:
        yield "file_without_time"
    if not picture.is_picture and picture.media_type.startswith(("image/", "video/", "audio/")):
        yield "file_not_read"


def metres(a: Point, b: Point) -> float:
    """Distance of near positions in EPSG:4490 (longitude, latitude), on the sphere."""
    return hypot((a.x - b.x) * cos(radians(a.y)), a.y - b.y) * DEGREE


def _keep_smaller(kept: Evidence) -> None:
    """A picture for screens, without what the original says of place and device, kept as a derivative."""
    content = smaller(path_of(kept.sha256)) if kept.media_type.startswith("image/") else None
    if content is None:
        return
    stored = store(iter([content]))
    Evidence.objects.create(
        case=kept.case,
        kind=kept.kind,
        title=kept.title,
        sha256=stored.sha256,
        size=stored.size,
        media_type="image/jpeg",
        file_name="smaller.jpg",
        original=kept,
        received=kept.received,
        officer=kept.officer,
    )


@transaction.atomic
def record_handling(evidence: Evidence, act: str, acting: Acting, note: str = "") -> None:
    """The custody log: who looked at, took or gave back a piece."""
    say_acting()
    data: dict[str, Any] = {"evidence": evidence.pk, "act": act, "sha256": evidence.sha256}
    append(
        evidence.case, acting, Entry(EventKind.EVIDENCE, data={**data, **({"note": note} if note else {})})
    )


@transaction.atomic
def record_look(evidence: Evidence, act: str, acting: Acting, *, is_part: bool) -> None:
    """Players ask for a recording in parts: within ``ONE_LOOK`` these belong to the entry that the first one made."""
    case = Case.objects.select_for_update().get(pk=evidence.case_id)
    known = case.events.filter(
        kind=EventKind.EVIDENCE,
        who=acting.name,
        officer=acting.officer,
        at__gt=timezone.now() - ONE_LOOK,
        data__contains={"evidence": evidence.pk, "act": act},
    )
    if not (is_part and known.exists()):
        record_handling(evidence, act, acting)


@dataclass(frozen=True)
class Damage:
    """A file that is gone or no longer what was received."""

    what: Evidence | Document
    is_gone: bool


def damaged() -> Iterator[Damage]:
    """Hash every kept file anew."""
    everything: Iterable[Evidence | Document] = chain(
        Evidence.objects.iterator(), Document.objects.iterator()
    )
    for kept in everything:
        found = hash_of(path_of(kept.sha256))
        if found != kept.sha256:
            yield Damage(kept, found is None)
