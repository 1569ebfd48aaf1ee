"""Adding to the log, reading it back, and proving that it is whole."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.gis.geos import Point
from django.db import connection
from django.utils import timezone

from layers.agencies.models import Officer
from layers.casework.access.actor import Actor
from layers.casework.models import HISTORY, Case, Event, EventKind, Seal
from layers.casework.notices.outbox import write_notices
from layers.casework.procedures import Procedure
from layers.registry.text import Text

from .map_snapshot import UNREAD, Surroundings, save_map_snapshot


@dataclass(frozen=True)
class DeviceReport:
    """What the device says of an act: its time, place in EPSG:4490 (longitude, latitude), accuracy in metres.

    ``sent`` tells how it came: the sender's own ``key`` of the act (see :mod:`.idempotency`), by how many seconds
    the device's clock was off, in which system it gave its position.
    """

    at: datetime | None = None
    position: Point | None = None
    accuracy: float | None = None
    sent: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Entry:
    kind: EventKind
    step: str = ""
    before: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    partner: Officer | None = None
    marks: Sequence[str] = ()


NO_REPORT = DeviceReport()


def append_event(case: Case, actor: Actor, entry: Entry, report: DeviceReport = NO_REPORT) -> Event:
    """The case must be locked."""
    return save_event(new_event(case, actor, entry, timezone.now(), report))


def new_event(
    case: Case, actor: Actor, entry: Entry, at: datetime, report: DeviceReport = NO_REPORT
) -> Event:
    """Of the case as it is now; not saved."""
    sent: dict[str, Any] = {"sent": dict(report.sent)} if report.sent else {}
    if actor.outside:
        sent["outside"] = actor.outside
    return Event(
        case=case,
        kind=entry.kind,
        step=entry.step,
        marks=list(entry.marks) or None,
        before=entry.before,
        after=case.state,
        officer=actor.officer,
        partner=entry.partner,
        who=actor.name,
        at=at,
        device_time=report.at,
        position=report.position,
        accuracy=report.accuracy,
        data={**entry.data, **sent, "revision": case.revision},
    )


def save_event(event: Event, around: Surroundings = UNREAD) -> Event:
    """The opening and the steps keep the layers around the case that its procedure names, as they stand."""
    case = event.case
    if event.kind in HISTORY and case.geom is not None:
        event.map_snapshot = save_map_snapshot(case, around)
    event.save()
    write_notices(event)
    return event


LAPSED = Text("当事人期限届满", "The party's time ran out")
PARTY_ACTS = {
    "added": Text("增加参与人", "Party added"),
    "corrected": Text("更正参与人", "Party corrected"),
    "removed": Text("移除参与人", "Party taken away"),
}


def event_title(event: Event, procedure: Procedure | None) -> "str | Text":
    """What the log calls an event; where a limit of the party ran out, the agency is not late."""
    if event.kind == EventKind.OVERDUE and procedure:
        limit = procedure.deadlines.get(str(event.data.get("limit", "")))
        if limit and limit.of == "party":
            return LAPSED
    if event.kind == EventKind.PARTY and event.data.get("act") in PARTY_ACTS:
        return PARTY_ACTS[event.data["act"]]
    return EventKind(event.kind).label


@dataclass(frozen=True)
class LogFlaw:
    """Where the log does not hold: the seal's number, the event's, and what is wrong."""

    seq: int | None
    event: int | None
    problem: str

    def __str__(self) -> str:
        return f"seal {self.seq}, event {self.event}: {self.problem}"


FLAWS = """
    WITH chained AS (
        SELECT seal.seq, seal.event_id, seal.hash, lag(seal.seq, 1, 0::bigint) OVER (ORDER BY seal.seq) AS last,
               lag(seal.hash, 1, ''::bytea) OVER (ORDER BY seal.seq) AS previous
        FROM casework_seal AS seal WHERE seal.seq >= %(since)s
    )
    SELECT c.seq, c.event_id, CASE
        WHEN c.seq <> c.last + 1 THEN 'seals before this one are missing'
        WHEN e.id IS NULL THEN 'the sealed event is missing'
        ELSE 'the event is not what was sealed' END
    FROM chained AS c LEFT JOIN casework_event AS e ON e.id = c.event_id
    WHERE c.seq > %(since)s AND (c.seq <> c.last + 1 OR e.id IS NULL OR casework_hash(c.previous, e) <> c.hash)
    UNION ALL
    SELECT NULL, e.id, 'the event was never sealed'
    FROM casework_event AS e WHERE NOT EXISTS (SELECT FROM casework_seal AS s WHERE s.event_id = e.id)
"""


def log_flaws(since: int = 0) -> Iterator[LogFlaw]:
    """What is wrong with the log behind a seal that holds; nothing if it is whole."""
    with connection.cursor() as cursor:
        cursor.execute(FLAWS, {"since": since})
        for row in cursor.fetchall():
            yield LogFlaw(*row)


def chain_head() -> tuple[int, str]:
    """Number and hash of the last seal: kept elsewhere, they prove later that nothing was cut off."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, encode(hash, 'hex') FROM casework_seal ORDER BY seq DESC LIMIT 1")
        found = cursor.fetchone()
        return (int(found[0]), str(found[1])) if found else (0, "")


def holds(number: int, expected: str) -> bool:
    """Whether the log still has this head; there was one before any event."""
    if number == 0:
        return True
    seal = Seal.objects.filter(pk=number).first()
    return seal is not None and bytes(seal.hash).hex() == expected
