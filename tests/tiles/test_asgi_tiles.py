"""Kept tiles before Django: right for whoever asks, from the next request on."""

import gzip
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NoReturn

import pytest
from django.db import connection, connections
from django.test import Client

from geoportal.accounts.models import Role, Session, User
from geoportal.accounts.sessions import SessionViewer, SessionViewers, session_viewer
from layers.agencies.models import Department, Officer
from layers.registry.audience import PUBLIC_VIEWER, Audience, Viewer
from layers.registry.registration import get_layer, register, unregister
from tests.asgi import INNER, ask, behind
from tests.district import SmallDistrict, tile_at
from tests.people import PASSWORD, VIEWERS, client_of
from tiles.cache import heartbeat
from tiles.cache.heartbeat import Watch
from tiles.http.asgi_tiles import TileMiddleware

pytestmark = pytest.mark.django_db(transaction=True)

CASES = f"/tiles/enforcement-cases/{tile_at(15)}.pbf"
BUILDINGS = f"/tiles/buildings/{tile_at(15)}.pbf"


@pytest.fixture
def viewers(committed_district: SmallDistrict) -> Iterator[SessionViewers]:
    made = SessionViewers()
    yield made
    made.close()


@pytest.fixture
def front(viewers: SessionViewers) -> Iterator[TileMiddleware]:
    made = TileMiddleware(behind, viewers)
    yield made
    for _ in range(4):
        made.threads.submit(connections.close_all).result(timeout=5)
    made.threads.shutdown()


def cookie(client: Client) -> str:
    return f"sessionid={client.cookies['sessionid'].value}"


@pytest.mark.parametrize("role", [name for name in VIEWERS if name != "public"])
@pytest.mark.parametrize("path", [CASES, BUILDINGS])
def test_each_gets_what_django_gives_them(front: TileMiddleware, role: str, path: str) -> None:
    client = client_of(role)
    expected = client.get(path)
    status, headers, body = ask(front, path, cookie=cookie(client))
    assert status == INNER  # no worker watches over the cache yet
    heartbeat.beat()
    front.watch = Watch()
    status, headers, body = ask(front, path, cookie=cookie(client))
    assert (status, body) == (200, expected.content)
    assert headers["etag"] == expected["ETag"]
    assert headers["cache-control"] == expected["Cache-Control"]
    for other in set(VIEWERS) - {role, "public"}:
        asker = client_of(other)
        heartbeat.beat()
        assert ask(front, path, cookie=cookie(asker))[2] == asker.get(path).content
    public = Client().get(path).content
    heartbeat.beat()
    assert ask(front, path)[2] == public
    assert ask(front, path, cookie="sessionid=made-up")[2] == public


def test_headers_methods_and_ranges_do_not_open_anothers_tile(front: TileMiddleware) -> None:
    officer = client_of("officer")
    own, public = officer.get(CASES), Client().get(CASES)
    assert own.content != public.content
    heartbeat.beat()
    for extra in ({}, {"if_none_match": own["ETag"]}, {"range": "bytes=0-10"}):
        status, headers, body = ask(front, CASES, **extra)
        assert (status, headers["etag"], body) == (200, public["ETag"], public.content)
        assert ask(front, CASES, "HEAD", **extra)[1]["etag"] == public["ETag"]
    both = f"/tiles/buildings,enforcement-cases/{tile_at(15)}.pbf"
    assert ask(front, both, cookie=cookie(officer))[2] == officer.get(both).content
    assert ask(front, both)[2] == Client().get(both).content != officer.get(both).content


def becomes(found: Callable[[], object], expected: object) -> bool:
    """Word of a change comes right after its commit, by the database's own channel."""
    until = time.monotonic() + 5
    while found() != expected and time.monotonic() < until:
        time.sleep(0.001)
    return found() == expected


def test_what_is_remembered_is_answered_without_the_database(
    front: TileMiddleware, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("officer")
    own = client.get(CASES).content
    heartbeat.beat()
    assert ask(front, CASES, cookie=cookie(client))[2] == own

    def refuse(*_: object) -> NoReturn:
        raise AssertionError("it was left to a thread")

    public = Client().get(CASES).content
    heartbeat.beat()
    monkeypatch.setattr(front, "_draw", refuse)
    for _ in range(3):
        assert ask(front, CASES, cookie=cookie(client))[2] == own
        assert ask(front, CASES)[2] == public


def test_revocation_acts_at_once(front: TileMiddleware) -> None:
    client, other = client_of("officer"), client_of("other_officer")
    own, others, public = client.get(CASES).content, other.get(CASES).content, Client().get(CASES).content
    assert len({own, others, public}) == 3
    heartbeat.beat()
    session = cookie(client)

    def seen() -> bytes:
        return ask(front, CASES, cookie=session)[2]

    assert seen() == own
    officer = User.objects.get(username="officer")
    officer.departments.set(Department.objects.filter(code="PL"))
    assert becomes(seen, others)
    officer.departments.set(Department.objects.filter(code="UM"))
    assert becomes(seen, own)
    Department.objects.filter(code="UM").update(code="XX")
    assert becomes(lambda: front.viewers.look_up(client.cookies["sessionid"].value).departments, ("XX",))
    Department.objects.filter(code="XX").update(code="UM")
    assert becomes(seen, own)
    client.post("/accounts/sign-out/")
    assert becomes(seen, public)


def test_an_officer_s_rights_move_and_end_with_the_officer_s_record(front: TileMiddleware) -> None:
    departments = {each.code: each for each in Department.objects.filter(code__in=("UM", "PL"))}
    record = Officer.objects.create(code="U1", name="周某", department=departments["UM"])
    user = User.objects.create_user("in_service", password=PASSWORD, role=Role.OFFICER, officer=record)
    user.departments.set([departments["PL"]])  # what the account says is not asked
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")

    def seen() -> tuple[str, ...]:
        return front.viewers.look_up(client.cookies["sessionid"].value).departments

    assert seen() == ("UM",)
    record.department = departments["PL"]
    record.save()
    assert becomes(seen, ("PL",))
    record.is_active = False
    record.save()
    assert becomes(seen, ())


def deactivate(officer: User) -> None:
    officer.is_active = False
    officer.save()


def set_another_password(officer: User) -> None:
    officer.set_password(PASSWORD + "!")
    officer.save()


def give_another_role(officer: User) -> None:
    User.objects.filter(pk=officer.pk).update(role=Role.CITIZEN)


def end_the_session(officer: User) -> None:
    Session.objects.all().delete()


def delete(officer: User) -> None:
    officer.delete()


@pytest.mark.parametrize(
    "revoke", [deactivate, set_another_password, give_another_role, end_the_session, delete]
)
def test_the_session_is_worth_what_django_says(
    viewers: SessionViewers, revoke: Callable[[User], None]
) -> None:
    client = client_of("officer")
    key = client.cookies["sessionid"].value
    assert viewers.remembered(key) is None
    assert viewers.look_up(key) == viewers.remembered(key) == VIEWERS["officer"]
    revoke(User.objects.get(username="officer"))
    assert becomes(lambda: viewers.remembered(key), None)
    page = client.get("/accounts/me/")
    expected = Viewer.of(page.wsgi_request.user)
    assert viewers.look_up(key) == expected != VIEWERS["officer"]


def test_a_session_ends_when_its_time_is_over(
    viewers: SessionViewers, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("officer")
    key = client.cookies["sessionid"].value
    assert viewers.look_up(key) == VIEWERS["officer"]
    end = Session.objects.get(session_key=key).expire_date.timestamp()
    monkeypatch.setattr("geoportal.accounts.sessions.time.time", lambda: end + 1)
    assert viewers.remembered(key) is None


def test_of_a_change_while_the_database_is_asked_nothing_old_is_remembered(
    viewers: SessionViewers, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_of("officer")
    key = client.cookies["sessionid"].value

    def overtaken(key: str) -> SessionViewer:
        found = session_viewer(key)
        give_another_role(User.objects.get(username="officer"))
        return found

    monkeypatch.setattr("geoportal.accounts.sessions.session_viewer", overtaken)
    viewers.look_up(key)
    monkeypatch.undo()
    assert becomes(lambda: viewers.look_up(key), VIEWERS["citizen"])


def test_without_word_from_the_database_nothing_is_remembered(viewers: SessionViewers) -> None:
    client = client_of("officer")
    key = client.cookies["sessionid"].value
    assert viewers.look_up(key) == VIEWERS["officer"]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE query = 'LISTEN geoportal_viewers' AND datname = current_database()"
        )
        assert cursor.rowcount == 1
    assert becomes(lambda: viewers.remembered(key), None)
    give_another_role(User.objects.get(username="officer"))
    assert viewers.look_up(key) == VIEWERS["citizen"]


def test_who_signs_in_with_a_known_key_is_no_stranger(viewers: SessionViewers) -> None:
    client = client_of("officer")
    kept = Session.objects.get(session_key=client.cookies["sessionid"].value)
    Session.objects.all().delete()
    assert viewers.look_up(kept.session_key) == PUBLIC_VIEWER
    kept.save(force_insert=True)
    assert becomes(lambda: viewers.look_up(kept.session_key), VIEWERS["officer"])


def test_a_layer_that_is_withdrawn_is_not_shown_any_more(front: TileMiddleware) -> None:
    public = Client().get(BUILDINGS).content
    heartbeat.beat()
    assert ask(front, BUILDINGS)[2] == public
    layer = get_layer("buildings", PUBLIC_VIEWER)
    unregister("buildings")
    register(replace(layer, audience=Audience.SIGNED_IN))
    try:
        assert ask(front, BUILDINGS)[0] == INNER
        assert ask(front, BUILDINGS, cookie=cookie(client_of("citizen")))[0] == 200
    finally:
        unregister("buildings")
        register(layer)
    assert ask(front, BUILDINGS)[2] == public


def test_a_public_tile_is_answered_in_every_form(front: TileMiddleware, client: Client) -> None:
    content = client.get(BUILDINGS).content
    heartbeat.beat()
    status, headers, body = ask(front, BUILDINGS, accept_encoding="br, gzip")
    assert (status, headers["content-encoding"], gzip.decompress(body)) == (200, "gzip", content)
    assert ask(front, BUILDINGS)[2] == content
    assert ask(front, BUILDINGS, "HEAD", accept_encoding="gzip")[2] == b""
    assert ask(front, BUILDINGS, if_none_match=f"W/{headers['etag']}")[0] == 304
    assert ask(front, BUILDINGS, "POST")[0] == INNER


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/../secret-key",
        "/tiles/buildings/1/1/1.pbf.gz",
        "/tiles/buildings/-1/0/0.pbf",
        "/tiles/buildings/99/0/0.pbf",
        "/tiles/buildings/1/nan/0.pbf",
        f"/tiles/nothing/{tile_at(15)}.pbf",
        f"/tiles/units,nothing/{tile_at(15)}.pbf",
        "/tiles//1/1/1.pbf",
        "/tiles/buildings/00015/1/1.pbf",
        "/",
    ],
)
def test_everything_else_goes_on(front: TileMiddleware, path: str) -> None:
    heartbeat.beat()
    assert ask(front, path)[0] == INNER


@pytest.mark.parametrize("key", ["no such session", "a" * 32, "é", "\x00", "'; --"])
def test_a_stranger_s_session_is_the_public(viewers: SessionViewers, key: str) -> None:
    assert viewers.look_up(key) == PUBLIC_VIEWER


def test_a_broken_cookie_is_the_public(front: TileMiddleware) -> None:
    heartbeat.beat()
    assert ask(front, CASES, cookie='sessionid="; path=/')[2] == Client().get(CASES).content
