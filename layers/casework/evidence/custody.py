"""Taking in evidence: hashed, kept, compared with the case, and everything done with it in the log."""

import mimetypes
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
from layers.casework.access.actor import Actor, NotAllowed
from layers.casework.access.permissions import check_department, check_open_file, was_opened_by
from layers.casework.log.case_lock import lock_case, silence_write_trigger
from layers.casework.log.event_log import NO_REPORT, DeviceReport, Entry, append_event
from layers.casework.log.idempotency import lock_key
from layers.casework.models import Case, Document, Event, EventKind, Evidence
from layers.casework.models.evidence import EvidenceKind
from layers.registry.text import Text

from .content_store import StoredFile, file_hash, file_path, store_file
from .image_metadata import ImageMetadata
from .pictures import make_thumbnail, read_metadata

FAR = 200.0
"""Metres between a picture's own position and the case's from which it is flagged."""
LATE = timedelta(days=2)
"""How long before the case was reported, or after it was received, a picture's own time may lie."""
CLOCK = timedelta(minutes=5)
"""How much a device's clock may be wrong."""
VIEWING = timedelta(hours=1)
"""How long the parts of a recording that somebody asks for are one viewing of it."""
SHOWN = {"image", "video", "audio"}
UNSET = 0.01  # degrees
DEGREE = 111_195.0  # metres of a degree of latitude on the mean sphere


@dataclass(frozen=True)
class EvidenceItem:
    """One piece of evidence as it comes in; ``captured`` and ``heading`` are what the device says.

    ``reduced``: a copy that the phone made smaller, whose whole follows; ``of`` is the key of the copy that came before.
    """

    file_name: str
    kind: str = "audio_visual"
    title: str = ""
    captured: datetime | None = None
    heading: float | None = None
    device: str = ""
    partner: Officer | None = None
    key: UUID | None = None
    reduced: bool = False
    of: UUID | None = None
    report: DeviceReport = field(default_factory=DeviceReport)


def add_evidence(case_id: int, piece: EvidenceItem, chunks: Iterable[bytes], actor: Actor) -> Evidence:
    """Keep a file with the case; a piece with a key that is there already, or the same file, is given back."""
    sent = _sent_before(case_id, piece.key) if piece.key else None
    return sent or add_stored_evidence(case_id, piece, store_file(chunks), actor)


def add_stored_evidence(case_id: int, piece: EvidenceItem, stored: StoredFile, actor: Actor) -> Evidence:
    """The same of a file that lies in the store already."""
    return _add_once(case_id, piece, stored, read_metadata(stored.path), actor)


@transaction.atomic
def _add_once(
    case_id: int, piece: EvidenceItem, stored: StoredFile, picture: ImageMetadata, actor: Actor
) -> Evidence:
    """Another sending of the same key may have come to its end while the file was written."""
    if piece.key:
        lock_key(piece.key)
        if sent := _sent_before(case_id, piece.key):
            return sent
    with lock_case(case_id) as case:
        _check_department(case, actor)
        check_open_file(case)
        known = case.evidence.pieces().filter(sha256=stored.sha256, outside=actor.outside).first()
        kept = known or _save_item(case, piece, stored, picture, actor)
        if known is None:
            _save_thumbnail(kept)
        act = "received_again" if known else "received"
        data = {"evidence": kept.pk, "act": act, "sha256": kept.sha256, "findings": kept.findings}
        data |= {"key": str(piece.key)} if known and piece.key else {}
        append_event(case, actor, Entry(EventKind.EVIDENCE, data=data, partner=piece.partner), piece.report)
        return kept


def _sent_before(case_id: int, key: UUID) -> Evidence | None:
    """What came with this key, or the piece of which that was the same file again."""
    known = Evidence.objects.filter(key=key).first()
    if known is None:
        again = Event.objects.filter(case=case_id, kind=EventKind.EVIDENCE)
        event = again.filter(data__act="received_again", data__key=str(key)).first()
        known = Evidence.objects.get(pk=event.data["evidence"]) if event else None
    return known


def receipt_event(kept: Evidence, key: UUID) -> Event | None:
    """How a file came in that was sent under this key, the first time or again."""
    received = kept.case.events.filter(kind=EventKind.EVIDENCE, data__evidence=kept.pk)
    again = received.filter(data__act="received_again", data__key=str(key))
    return received.filter(data__act="received").first() if kept.key == key else again.first()


def _check_department(case: Case, actor: Actor) -> None:
    """Officers add to their department's cases, and whoever opened a case for another department to that one."""
    if actor.officer and not was_opened_by(case, actor.officer):
        check_department(case, actor)


def _save_item(
    case: Case, piece: EvidenceItem, stored: StoredFile, picture: ImageMetadata, actor: Actor
) -> Evidence:
    now = timezone.now()
    return Evidence.objects.create(
        case=case,
        kind=piece.kind,
        title=piece.title,
        sha256=stored.sha256,
        size=stored.size,
        media_type=picture.media_type,
        file_name=piece.file_name[-160:],
        copy=_earlier_copy(case, piece, actor),
        captured=piece.captured or picture.taken,
        received=now,
        position=piece.report.position or picture.position,
        accuracy=piece.report.accuracy,
        heading=piece.heading if piece.heading is not None else picture.heading,
        device=piece.device or picture.device,
        officer=actor.officer,
        partner=piece.partner,
        outside=actor.outside,
        exif=picture.exif,
        findings=list(findings(case, piece, picture, now)),
        key=piece.key,
    )


def _earlier_copy(case: Case, piece: EvidenceItem, actor: Actor) -> Evidence | None:
    """The reduced copy that the same officer sent ahead of the whole file; nothing else is ever replaced."""
    if piece.of is None:
        return None
    own = case.evidence.pieces().filter(officer=actor.officer, findings__contains=["reduced_copy"])
    return own.filter(key=piece.of).first()


def findings(case: Case, piece: EvidenceItem, picture: ImageMetadata, now: datetime) -> Iterator[str]:
    """What does not fit: codes, see :mod:`layers.casework.evidence.findings`."""
    for name, moment in (("device", piece.captured), ("file", picture.taken)):
        if moment and moment > now + CLOCK:
            yield f"{name}_time_in_the_future"
        if moment and moment < case.reported - LATE:
            yield f"{name}_time_long_before_the_case"
    if piece.captured and picture.taken and abs(piece.captured - picture.taken) > CLOCK:
        yield "times_differ"
    for name, position in (("device", piece.report.position), ("file", picture.position)):
        if position and is_unset(position):
            yield f"{name}_position_is_zero"
        elif position and case.geom and distance_m(position, case.geom) > FAR:
            yield f"{name}_far_from_the_case"
    yield from _content_findings(piece, picture)
    if picture.is_picture and not picture.taken:
        yield "file_without_time"
    if not picture.is_picture and picture.media_type.startswith(("image/", "video/", "audio/")):
        yield "file_not_read"


def _content_findings(piece: EvidenceItem, picture: ImageMetadata) -> Iterator[str]:
    """Whether the content is what the name and the kind say, and whether it is whole."""
    said = (mimetypes.guess_type(piece.file_name)[0] or "").partition("/")[0]
    found = picture.media_type.partition("/")[0]
    is_other = said in SHOWN and found not in ({"video", "audio"} if said != "image" else {"image"})
    if is_other or (piece.kind == EvidenceKind.AUDIO_VISUAL and found not in SHOWN):
        yield "content_is_not_what_it_says"
    if piece.reduced:
        yield "reduced_copy"


def is_unset(position: Point) -> bool:
    """What devices say that do not know where they are: the meridian of Greenwich at the equator."""
    return abs(position.x) < UNSET and abs(position.y) < UNSET


def distance_m(a: Point, b: Point) -> float:
    """Distance of near positions in EPSG:4490 (longitude, latitude), on the sphere."""
    return hypot((a.x - b.x) * cos(radians(a.y)), a.y - b.y) * DEGREE


def _save_thumbnail(kept: Evidence) -> None:
    """A picture for screens, without what the original says of place and device, kept as a derivative."""
    content = make_thumbnail(file_path(kept.sha256)) if kept.media_type.startswith("image/") else None
    if content is None:
        return
    stored = store_file(iter([content]))
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
        outside=kept.outside,
    )


@transaction.atomic
def record_handling(
    evidence: Evidence, act: str, actor: Actor, note: str = "", report: DeviceReport = NO_REPORT
) -> None:
    """The custody log: who looked at, took or gave back a piece."""
    silence_write_trigger()
    data: dict[str, Any] = {"evidence": evidence.pk, "act": act, "sha256": evidence.sha256}
    data |= {"note": note} if note else {}
    append_event(evidence.case, actor, Entry(EventKind.EVIDENCE, data=data), report)


@transaction.atomic
def confirm_evidence(evidence: Evidence, actor: Actor, report: DeviceReport = NO_REPORT) -> None:
    """The second officer says that it was taken so: once, and nobody else can."""
    officer = actor.officer
    if officer is None or officer.pk != evidence.partner_id:
        raise NotAllowed(
            Text(
                "只有协办人可以确认这件证据。", "Only the second officer can confirm this piece of evidence."
            )
        )
    case = Case.objects.select_for_update().get(pk=evidence.case_id)
    acts = case.events.filter(kind=EventKind.EVIDENCE, data__evidence=evidence.pk)
    if not acts.filter(data__act="confirmed").exists():
        record_handling(evidence, "confirmed", actor, report=report)


@transaction.atomic
def record_viewing(evidence: Evidence, act: str, actor: Actor, *, is_part: bool) -> None:
    """Players ask for a recording in parts: within ``ONE_LOOK`` these belong to the entry that the first one made."""
    case = Case.objects.select_for_update().get(pk=evidence.case_id)
    known = case.events.filter(
        kind=EventKind.EVIDENCE,
        who=actor.name,
        officer=actor.officer,
        at__gt=timezone.now() - VIEWING,
        data__contains={"evidence": evidence.pk, "act": act},
    )
    if not (is_part and known.exists()):
        record_handling(evidence, act, actor)


@dataclass(frozen=True)
class FileDamage:
    """A file that is gone or no longer what was received."""

    what: Evidence | Document
    is_gone: bool


def damaged_files() -> Iterator[FileDamage]:
    """Hash every kept file anew."""
    everything: Iterable[Evidence | Document] = chain(
        Evidence.objects.iterator(), Document.objects.iterator()
    )
    for kept in everything:
        found = file_hash(file_path(kept.sha256))
        if found != kept.sha256:
            yield FileDamage(kept, found is None)
