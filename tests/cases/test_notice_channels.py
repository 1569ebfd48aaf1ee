"""Notices go by each channel that reaches their reader, once in the portal, and by e-mail until it was sent."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import transaction
from django.utils import timezone

from layers.casework.cases import assignment
from layers.casework.models import PORTAL, Case, Notice
from layers.casework.notices.sender import PAUSES, send_due, unsent
from tests.cases.conftest import SignIn, account_of
from tests.casework.conftest import Open, People

pytestmark = pytest.mark.django_db
NOW = "layers.casework.notices.sender.timezone.now"


class FailingBackend(EmailBackend):
    def send_messages(self, messages: object) -> int:
        raise ConnectionRefusedError("no server")


@pytest.fixture
def given(open_ordinary: Open, people: People) -> Case:
    """A case that was given to the second officer, whose account has an address."""
    account = account_of(people["second"])
    account.email = "second@district.example"
    account.save()
    case = open_ordinary(title="某人的案件")
    give(case, people)
    return case


def give(case: Case, people: People) -> None:
    second = people["second"].officer
    assert second is not None
    assignment.assign(case.pk, second, people["leader"])


def by_mail(case: Case) -> Notice:
    return case.notices.get(channel="email")


def test_who_has_an_address_is_told_by_mail_too_and_nothing_of_the_case(given: Case, sign_in: SignIn) -> None:
    assert {notice.channel: notice.delivered_at is None for notice in given.notices.all()} == {
        "email": True,
        PORTAL: False,
    }
    assert send_due() == 1
    (message,) = mail.outbox
    assert message.to == ["second@district.example"]
    text = f"{message.subject} {message.body}"
    for personal in (given.title, given.number, given.party_name, "officer second"):
        assert personal not in text
    assert "通知" in text
    assert "notices" in text
    assert by_mail(given).delivered_at is not None
    assert send_due() == 0
    page = sign_in("second").get("/cases/notices/", headers={"accept": "application/json"}).json()
    assert (page["unread"], len(page["items"])) == (1, 1)


def test_what_waits_for_one_officer_goes_in_one_message(
    given: Case, people: People, open_ordinary: Open
) -> None:
    give(open_ordinary(), people)
    assert send_due() == 2
    (message,) = mail.outbox
    assert "2" in message.body


def test_who_has_no_address_is_told_in_the_portal_alone(open_ordinary: Open, people: People) -> None:
    case = open_ordinary()
    give(case, people)
    assert [notice.channel for notice in case.notices.all()] == [PORTAL]


def test_what_is_undone_is_not_sent(given: Case, people: People, open_ordinary: Open) -> None:
    send_due()
    with transaction.atomic():
        give(open_ordinary(), people)
        transaction.set_rollback(True)
    assert send_due() == 0


def test_what_fails_is_tried_again_after_growing_pauses_and_given_up_with_a_word(
    given: Case, settings: Any, monkeypatch: pytest.MonkeyPatch, sign_in: SignIn
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.FailingBackend"
    now = timezone.now()
    for attempt, pause in enumerate(PAUSES, 1):
        monkeypatch.setattr(NOW, lambda now=now: now)
        assert send_due() == 0
        notice = by_mail(given)
        assert (notice.attempts, notice.problem) == (attempt, "ConnectionRefusedError")
        assert notice.send_at == now + pause
        monkeypatch.setattr(NOW, lambda now=now, pause=pause: now + pause / 2)
        send_due()
        assert by_mail(given).attempts == attempt
        now += pause
    assert by_mail(given).failed_at is not None
    assert unsent() == {"email": 1}
    assert sorted(PAUSES) == PAUSES
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    monkeypatch.setattr(NOW, lambda: now + timedelta(days=9))
    assert send_due() == 0
    assert mail.outbox == []


def test_an_address_that_was_taken_away_is_not_written_to(given: Case, people: People) -> None:
    account = account_of(people["second"])
    account.email = ""
    account.save()
    assert send_due() == 0
    assert by_mail(given).problem == "no address"
    assert mail.outbox == []
