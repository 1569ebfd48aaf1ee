"""Who is told of which change, and where."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.gis.geos import Polygon
from django.db import connection

from layers.registry.audience import PUBLIC_VIEWER, Audience, Viewer
from tests.asgi import ask, behind
from tests.tiles.passed_on import passed_on
from tests.waiting import PATIENCE, eventually
from tiles.invalidation.change_feed import ChangedArea
from tiles.invalidation.synchronization import EXPIRED_CHANNEL, cache_id, synchronize, worker_lock
from tiles.invalidation.triggers import FINE
from tiles.models import Change
from tiles.stream import asgi
from tiles.stream.asgi import ChangeStream
from tiles.stream.events import Event, Message, events_for

SIGNED_IN = Viewer(Audience.SIGNED_IN)
OFFICER, OTHER = Viewer(Audience.DEPARTMENT, ("UM",)), Viewer(Audience.DEPARTMENT, ("PL", "MS"))
PLANNER, ALL = Viewer(Audience.DEPARTMENT), Viewer(Audience.RESTRICTED)
EVERYBODY = {PUBLIC_VIEWER, SIGNED_IN, OFFICER, OTHER, PLANNER, ALL}
BOX = (100.0, 100.0, 101.0, 101.0)
CELLS = [0, 0, 1, 1]


@pytest.mark.parametrize(
    ("audience", "departments", "seen_by"),
    [
        (Audience.PUBLIC, None, EVERYBODY),
        (Audience.SIGNED_IN, None, EVERYBODY - {PUBLIC_VIEWER}),
        (Audience.DEPARTMENT, None, {OFFICER, OTHER, PLANNER, ALL}),
        (Audience.DEPARTMENT, ("UM",), {OFFICER, ALL}),
        (Audience.DEPARTMENT, ("UM", "MS"), {OFFICER, OTHER, ALL}),
        (Audience.DEPARTMENT, (), {ALL}),
        (Audience.RESTRICTED, None, {ALL}),
    ],
)
def test_a_change_is_seen_by_those_who_see_the_row(
    audience: Audience, departments: tuple[str, ...] | None, seen_by: set[Viewer]
) -> None:
    change = ChangedArea("enforcement-cases", audience, departments, BOX)
    assert {viewer for viewer in EVERYBODY if change.is_seen_by(viewer)} == seen_by
    message = {"all": False, "to": "now", "changes": [[change.layer, audience, departments, CELLS]]}
    told = {viewer for viewer in EVERYBODY if events_for(message, viewer)}
    assert told == seen_by


@pytest.mark.django_db
@pytest.mark.parametrize("change", [["nothing", 0, None, CELLS], ["service-items", 0, None, None]])
def test_unknown_layers_and_changes_without_place_are_not_told(change: list[object]) -> None:
    assert events_for({"all": False, "to": "now", "changes": [change]}, ALL) == []


@pytest.mark.parametrize("lost", [True, False])
def test_a_message_becomes_events(lost: bool) -> None:
    message = {
        "all": lost,
        "to": "2026-11-21T10:00:00+00:00",
        "changes": [["buildings", 0, None, [1, 2, 3, 5]]],
    }
    told = events_for(message, PUBLIC_VIEWER)
    assert [kind for kind, _ in told] == ["everything"] * lost + ["change", "time"]
    assert told[-1][1] == {"to": "2026-11-21T10:00:00+00:00"}
    assert "max_zoom" not in told[-2][1]
    side = FINE / 6378137 * 180 / 3.141592653589793
    inset = (
        side * 64.5 / 4096
    )  # so that no neighbour, which shows 64 of 4096 of these cells, is asked for too
    within = [side + inset, 2 * side + inset, 3 * side - inset, 5 * side - inset]
    assert told[-2][1]["bbox"] == pytest.approx(within, abs=1e-6)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("place", "cells"),
    [
        ((0.5, 0.5), [0, 0, 1, 1]),
        ((0.99, 0.5), [0, 0, 2, 1]),  # the tile to the east shows it as well
        ((0.98, 0.5), [0, 0, 1, 1]),
        ((0.01, 0.01), [-1, -1, 1, 1]),
    ],
)
def test_a_change_is_told_of_the_cells_whose_tiles_show_it_and_of_no_other(
    place: tuple[float, float], cells: list[int]
) -> None:
    x, y = (part * FINE for part in place)
    with worker_lock(wait=True):
        synchronize()
        Change.objects.create(layer="buildings", box=Polygon.from_bbox((x, y, x, y)))
        with passed_on() as heard:
            synchronize()
            [message] = heard()
    assert json.loads(message)["changes"] == [["buildings", Audience.PUBLIC, None, cells]]


def test_blocks_concern_low_zooms_only() -> None:
    message = {"all": False, "changes": [["buildings~blocks", 0, None, CELLS]]}
    [(kind, content)] = events_for(message, PUBLIC_VIEWER)
    assert (kind, content["layer"], content["max_zoom"]) == ("change", "buildings", 13)


class Nobody:
    def remembered(self, key: str) -> Viewer:
        return PUBLIC_VIEWER

    look_up = remembered


@pytest.fixture
def stream(transactional_db: None) -> Iterator[ChangeStream]:
    opened = ChangeStream(behind, Nobody())
    yield opened
    opened.listeners.close()


def heard(stream: ChangeStream, messages: list[Message], events: int) -> list[tuple[float, Event]]:
    """Seconds since the stream began, and the events that an anonymous listener hears after a worker said the messages."""
    told: list[tuple[float, Event]] = []

    async def listen() -> None:
        loop = asyncio.get_running_loop()
        began: asyncio.Future[float] = loop.create_future()
        complete = asyncio.Event()
        if not events:
            complete.set()

        async def send(message: Any) -> None:
            for event in message.get("body", b"").decode().split("\n\n")[:-1]:
                kind, content = event.split("event: ")[-1].split("\ndata: ")
                if kind == "hello":
                    began.set_result(loop.time())
                else:
                    told.append((loop.time() - began.result(), (kind, json.loads(content))))
                    if len(told) == events:
                        complete.set()

        async def receive() -> Any:
            await began
            await asyncio.to_thread(say, messages)
            await asyncio.wait_for(complete.wait(), PATIENCE)
            return {"type": "http.disconnect"}

        await stream({"type": "http", "method": "GET", "path": "/changes/", "headers": []}, receive, send)

    asyncio.run(listen())
    return told


def say(messages: list[Message]) -> None:
    """As the worker of this machine does, each in a transaction of its own."""
    with connection.cursor() as cursor:
        for message in messages:
            said = json.dumps({"cache": cache_id(), **message})
            cursor.execute("SELECT pg_notify(%s, %s)", [EXPIRED_CHANNEL, said])
    connection.close()


def test_what_a_listener_may_not_know_of_does_not_show_in_when_it_hears_the_time(
    stream: ChangeStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "TICK", 0.5)
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    nothing: Message = {"all": False, "to": later, "changes": []}
    hidden: Message = {"all": False, "to": later, "changes": [["enforcement-cases", 2, ["UM"], CELLS]]}
    quiet, busy = heard(stream, [nothing], 3), heard(stream, [nothing, *[hidden] * 5], 3)
    assert [kind for _, (kind, _) in busy] == [kind for _, (kind, _) in quiet] == ["time"] * 3
    for (at, (_, content)), number in zip(busy, (1, 2, 3), strict=True):
        assert at == pytest.approx(0.5 * number, abs=0.4)
        assert content["to"] != later


def test_a_change_that_a_listener_sees_is_told_at_once(
    stream: ChangeStream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "TICK", 60)
    message = {"all": False, "to": "2026-11-21T10:00:00+00:00", "changes": [["buildings", 0, None, CELLS]]}
    told = heard(stream, [message], 2)
    assert [kind for _, (kind, _) in told] == ["change", "time"]


@pytest.mark.parametrize("words", ["layer=buildings", "layer"])
def test_a_stream_is_not_narrowed_by_words_that_it_would_leave_out(words: str) -> None:
    opened = ChangeStream(behind, Nobody())
    status, headers, body = ask(opened, f"/changes/?{words}")
    opened.listeners.close()
    assert (status, headers["content-type"]) == (400, "application/json")
    assert "“layer”" in json.loads(body)["error"]


def test_a_closed_stream_no_longer_listens_to_the_database(stream: ChangeStream) -> None:
    heard(stream, [], 0)
    assert listening() == 1
    stream.listeners.close()
    eventually(lambda: listening() == 0)


def listening() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'"
        )
        return int(cursor.fetchone()[0])
