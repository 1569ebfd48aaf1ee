"""Heads of the log kept outside the database: what its owner rewrites in it is found out."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.utils import timezone

from layers.casework.cases import assignment
from layers.casework.log.anchor_mail import send_head
from layers.casework.log.anchors import (
    BrokenLog,
    anchor_flaws,
    anchor_keys,
    anchoring_problem,
    anchors_file,
    key_file,
    last_anchor,
    write_anchor,
)
from layers.casework.log.event_log import chain_head, log_flaws
from tests.casework.conftest import Open, People
from tests.casework.sealing import change_as_owner, seal

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
RESEAL = """
    DO $$ DECLARE one record; last bytea := ''; BEGIN
        FOR one IN SELECT s.seq, e.id FROM casework_seal AS s JOIN casework_event AS e ON e.id = s.event_id ORDER BY seq LOOP
            SELECT casework_hash(last, e) INTO last FROM casework_event AS e WHERE e.id = one.id;
            UPDATE casework_seal SET hash = last WHERE seq = one.seq;
        END LOOP;
    END $$
"""
"""A chain that is whole again, of events that are others."""


@pytest.fixture
def notes(open_ordinary: Open, people: People) -> None:
    """A case with an anchored note and one that came since."""
    case = open_ordinary()
    assignment.add_note(case.pk, "一", people["first"])
    seal()
    assert write_anchor(NOW)
    assignment.add_note(case.pk, "二", people["first"])
    seal()


def verified(**options: str) -> str:
    out = StringIO()
    call_command("verify_log", stdout=out, stderr=out, **options)
    return out.getvalue()


def told() -> str:
    problems = StringIO()
    with pytest.raises(CommandError, match="not whole"):
        call_command("verify_log", stderr=problems)
    return problems.getvalue()


def test_a_head_that_has_moved_is_signed_and_proved_by_the_command(notes: None) -> None:
    anchor = write_anchor(NOW + timedelta(minutes=10))
    assert anchor is not None
    assert (anchor.number, anchor.hash) == chain_head()
    assert write_anchor(NOW + timedelta(minutes=20)) is None
    assert f"Last anchor: seal {anchor.number}" in verified(key=anchor.key)
    assert f"2 anchor(s) are signed by the key {anchor.key}" in verified()


def test_the_key_is_read_by_its_owner_alone_and_not_told_by_anchors(notes: None) -> None:
    assert key_file().stat().st_mode & 0o777 == 0o600
    assert key_file().read_text() not in anchors_file().read_text()


@pytest.mark.parametrize(
    "forgery",
    [
        'UPDATE casework_event SET data = data || \'{"note": "x"}\' WHERE id = (SELECT min(id) FROM casework_event)',
        "UPDATE casework_event SET who = 'x' WHERE id = (SELECT event_id FROM casework_seal WHERE seq = 2)",
    ],
)
def test_an_event_that_the_owner_rewrites_with_all_seals_after_it_is_found_out(
    forgery: str, notes: None
) -> None:
    change_as_owner(forgery, RESEAL)
    assert not list(log_flaws())
    assert "no longer holds seal 2" in told()
    assert "verify_log" in anchoring_problem(NOW)
    with pytest.raises(BrokenLog, match="no longer holds seal 2"):
        write_anchor(NOW)


def test_a_log_that_the_owner_cuts_off_before_its_anchor_is_found_out(notes: None) -> None:
    change_as_owner(
        "DELETE FROM casework_event WHERE id IN (SELECT event_id FROM casework_seal WHERE seq > 1)",
        "DELETE FROM casework_seal WHERE seq > 1",
    )
    assert not list(log_flaws())
    assert "cut off or rewritten" in told()


@pytest.mark.parametrize(
    "forgery",
    [
        "INSERT INTO casework_event (case_id, kind, who, at, data) SELECT case_id, kind, who, at, data FROM casework_event LIMIT 1",
        "UPDATE casework_event SET who = 'x' WHERE id = (SELECT max(id) FROM casework_event)",
    ],
)
def test_what_went_around_the_triggers_is_not_signed(forgery: str, notes: None) -> None:
    change_as_owner(forgery)
    for is_whole_checked in (True, False):
        with pytest.raises(BrokenLog, match=r"never sealed|not what was sealed"):
            write_anchor(NOW, is_whole_checked=is_whole_checked)
    with pytest.raises(CommandError, match="not whole"):
        call_command("anchor_log")


def test_an_event_before_the_last_anchor_that_was_changed_alone_is_not_signed_over(notes: None) -> None:
    change_as_owner("UPDATE casework_event SET who = 'x' WHERE id = (SELECT min(id) FROM casework_event)")
    with pytest.raises(BrokenLog, match="not what was sealed"):
        write_anchor(NOW)


@pytest.mark.parametrize(
    ("forged", "problem"),
    [
        (lambda lines: lines[1:], "anchors before anchor 1 are missing"),
        (lambda lines: [lines[0].replace('"number": 2', '"number": 1'), lines[1]], "not what was signed"),
        (lambda lines: [*lines, "{}"], "anchor 3 is not what was signed"),
        (lambda lines: [*lines, "[1]"], "anchor 3 is not what was signed"),
        (lambda lines: [*lines, lines[1].replace("+00:00", "")], "anchor 3 is not what was signed"),
        (
            lambda lines: [*lines, json.dumps({**json.loads(lines[1]), "key": 1})],
            "anchor 3 is not what was signed",
        ),
        (lambda lines: [*lines, "\udcff"], "anchor 3 is not what was signed"),
    ],
)
def test_anchors_that_were_altered_are_found_out(
    forged: Callable[[list[str]], list[str]], problem: str, notes: None
) -> None:
    assert write_anchor(NOW)
    lines = anchors_file().read_text().splitlines()
    anchors_file().write_text("\n".join(forged(lines)) + "\n", errors="surrogateescape")
    assert problem in told()


def test_a_last_anchor_that_cannot_be_read_is_told_on_the_page_of_operations(notes: None) -> None:
    [line] = anchors_file().read_text().splitlines()
    anchors_file().write_text(line.replace("+00:00", "") + "\n")
    assert "anchor_log" in anchoring_problem(NOW)


def test_whoever_lacks_the_key_writes_anchors_that_another_key_signed(notes: None) -> None:
    first = last_anchor()
    assert first is not None
    key_file().unlink()
    change_as_owner("UPDATE casework_event SET who = 'x'", RESEAL)
    anchors_file().unlink()
    assert write_anchor(NOW)
    assert not list(anchor_flaws())
    assert first.key not in anchor_keys()
    with pytest.raises(CommandError, match="not whole"):
        verified(key=first.key)


def test_the_head_goes_out_by_mail_once_a_day(notes: None, settings: Any) -> None:
    settings.LOG_ANCHOR_MAIL = ["notary@town.example"]
    anchor = last_anchor()
    assert anchor is not None
    assert [send_head(NOW), send_head(NOW + timedelta(hours=1)), send_head(NOW + timedelta(days=1))] == [
        True,
        False,
        True,
    ]
    assert f"--head {anchor.number}:{anchor.hash} --key {anchor.key}" in mail.outbox[0].body


def test_a_head_that_mail_does_not_take_is_anchored_all_the_same(notes: None, settings: Any) -> None:
    settings.LOG_ANCHOR_MAIL = ["notary@town.example"]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(CommandError, match="not sent by mail"):
        call_command("anchor_log", stdout=StringIO())
    anchor = last_anchor()
    assert anchor is not None
    assert (anchor.number, anchor.hash) == chain_head()


def test_the_page_of_operations_says_what_is_wrong(notes: None) -> None:
    assert anchoring_problem(NOW + timedelta(hours=23)) == ""
    assert "anchor_log" in anchoring_problem(NOW + timedelta(hours=25))
    anchors_file().unlink()
    assert "anchor_log" in anchoring_problem(timezone.now())


def test_a_line_holds_nothing_of_the_cases(notes: None) -> None:
    [line] = anchors_file().read_text().splitlines()
    assert set(json.loads(line)) == {"number", "hash", "at", "before", "key", "signature"}
