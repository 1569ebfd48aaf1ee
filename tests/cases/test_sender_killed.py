"""Whoever kills the sender of notices loses none and doubles none in the portal; several senders send each once."""

import os
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator

import pytest
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from layers.casework.access.actor import Actor
from layers.casework.cases import assignment
from layers.casework.cases.creation import open_case
from layers.casework.models import PORTAL, Case, Notice
from layers.casework.notices.sender import send_due
from layers.casework.room_texts import ship_room_texts
from tests.cases.conftest import account_of
from tests.cases.test_concurrency import at_once, found
from tests.conftest import ROOT
from tests.district import SmallDistrict
from tests.importers.making import address
from tests.officers import make_officers
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff(committed_district: SmallDistrict) -> dict[str, Actor]:
    ship_room_texts()
    people = make_officers()
    for name in ("second", "leader"):
        account = account_of(people[name])
        account.email = f"{name}@district.example"
        account.save()
    return people


def give(people: dict[str, Actor], to: str) -> Case:
    case, officer = open_case(found(), people["first"]), people[to].officer
    assert officer is not None
    assignment.assign(case.pk, officer, people["head"])
    return case


@pytest.fixture
def silent_server() -> Iterator[tuple[str, threading.Event]]:
    """A mail server that takes a connection and never says a word; the event tells that somebody came."""
    listening, came, kept = socket.create_server(("127.0.0.1", 0)), threading.Event(), []

    def accept() -> None:
        try:
            kept.append(listening.accept()[0])
            came.set()
        except OSError:
            return

    thread = threading.Thread(target=accept)
    thread.start()
    yield f"smtp://127.0.0.1:{listening.getsockname()[1]}", came
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(PATIENCE)
    for each in kept:
        each.close()


def test_a_killed_sender_loses_nothing_and_doubles_nothing(
    staff: dict[str, Actor], silent_server: tuple[str, threading.Event]
) -> None:
    server, came = silent_server
    case = give(staff, "second")
    environment = {"DATABASE_URL": address(), "GEOPORTAL_MAIL_SERVER": server}
    sender = subprocess.Popen(
        [sys.executable, "manage.py", "watch_cases"], cwd=ROOT, env=os.environ | environment
    )
    try:
        assert came.wait(PATIENCE)
    finally:
        sender.kill()
        sender.wait(PATIENCE)
    notice = case.notices.get(channel="email")
    assert (notice.attempts, notice.delivered_at, notice.failed_at) == (1, None, None)
    assert send_due() == 0  # it was claimed: not before its pause is over
    Notice.objects.filter(pk=notice.pk).update(send_at=timezone.now())
    assert send_due() == 1
    (message,) = mail.outbox
    assert message.extra_headers["Message-ID"].startswith(f"<notice-{notice.pk}.")
    assert send_due() == 0
    assert case.notices.filter(channel=PORTAL).count() == 1
    assert case.notices.count() == 2


def test_several_senders_at_once_send_each_notice_once(staff: dict[str, Actor]) -> None:
    cases = [give(staff, "second") for _ in range(3)] + [give(staff, "leader") for _ in range(3)]
    assert sum(each for each in at_once(*[send_due] * 4) if isinstance(each, int)) == 6
    told: Counter[str] = Counter()
    for message in mail.outbox:
        told[message.to[0]] += int(message.body.split()[1])
    assert told == {"leader@district.example": 3, "second@district.example": 3}
    assert not Notice.objects.filter(case__in=cases, delivered_at=None).exists()


def test_what_another_sender_holds_is_passed_over(staff: dict[str, Actor]) -> None:
    give(staff, "second")
    held = threading.Event()
    done = threading.Event()

    def hold() -> None:
        with transaction.atomic():
            list(Notice.objects.filter(channel="email").select_for_update())
            held.set()
            done.wait(PATIENCE)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    try:
        assert held.wait(PATIENCE)
        assert send_due() == 0
    finally:
        done.set()
        holder.join(PATIENCE)
    assert send_due() == 1
