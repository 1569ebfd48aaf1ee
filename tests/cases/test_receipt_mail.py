"""Who holds a receipt may have letters that there is news: to an address that was confirmed, until they end them."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from layers.casework.access.actor import NotAllowed
from layers.casework.cases.receipt_mail import MOST_LETTERS, delete_unconfirmed, request_mail
from layers.casework.cases.receipts import IssuedReceipt, issue_receipt, revoke_receipt
from layers.casework.models import MailAddress
from layers.casework.notices.sender import send_due
from tests.cases.case_story import CaseStory, story
from tests.cases.conftest import SignIn
from tests.cases.test_receipts import browser, content, enter, page
from tests.job_worker import work_off

pytestmark = pytest.mark.django_db
__all__ = ["story"]
ADDRESS = "zhang.san@citizen.example"


@pytest.fixture(autouse=True)
def by_mail(settings: Any) -> None:
    settings.HAS_MAIL_SERVER = True


@pytest.fixture
def issued(story: CaseStory) -> IssuedReceipt:
    made = issue_receipt(story.case.pk, "party", story.people["first"])
    story.case.refresh_from_db()
    return made


@pytest.fixture
def holder(issued: IssuedReceipt) -> Client:
    client = browser()
    assert enter(client, issued.receipt.number, issued.secret) == 302
    return client


def asked(client: Client, email: str = ADDRESS) -> int:
    return client.post("/receipts/mail/", {"email": email}).status_code


def link_in(message: Any) -> str:
    return str(re.findall(r"http://testserver(/receipts/mail/\S+/)", message.body)[0])


@pytest.fixture
def link(holder: Client) -> str:
    assert asked(holder) == 302
    work_off()
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    mail.outbox.clear()
    return link_in(letter)


@pytest.fixture
def confirmed(link: str) -> str:
    assert browser().post(link, {"confirm": "1"}).status_code == 200
    return link


def test_nothing_is_sent_before_the_address_is_confirmed_by_a_button(
    holder: Client, link: str, story: CaseStory
) -> None:
    assert content(holder)["mail"] == {"email": ADDRESS, "is_confirmed": False}
    for _ in range(2):
        looked = browser().get(link)
        assert (looked.status_code, 'name="confirm"' in looked.content.decode()) == (200, True)
    assert MailAddress.objects.get().confirmed_at is None
    browser().post(link, {"confirm": "1"})
    assert content(holder)["mail"] == {"email": ADDRESS, "is_confirmed": True}
    assert MailAddress.objects.get().confirmed_at is not None
    story.to_notice()
    assert send_due() == 1


def test_of_a_receipt_that_was_revoked_meanwhile_no_address_is_kept(
    issued: IssuedReceipt, story: CaseStory
) -> None:
    revoke_receipt(story.case.pk, "party", story.people["first"])
    with pytest.raises(NotAllowed, match="没有有效的回执"):
        request_mail(issued.receipt, ADDRESS, "http://testserver")
    assert not MailAddress.objects.exists()


def test_who_did_not_confirm_gets_no_news(link: str, story: CaseStory) -> None:
    story.to_notice()
    assert send_due() == 0
    assert mail.outbox == []


def test_news_says_nothing_of_the_case_and_how_to_end_it(confirmed: str, story: CaseStory) -> None:
    story.to_notice()
    assert send_due() == 1
    (letter,) = mail.outbox
    assert letter.to == [ADDRESS]
    whole = f"{letter.subject} {letter.body} {letter.extra_headers}"
    case = story.case
    for personal in (case.title, case.number, case.party_name, case.party_id, "当事人", ADDRESS):
        assert personal not in whole
    assert "http://testserver/receipts/\n" in letter.body
    assert letter.extra_headers["List-Unsubscribe"] == f"<http://testserver{confirmed}>"
    waits = case.notices.get(addressee="party", channel="portal")
    assert waits.delivered_at is None  # a letter tells that there is something, not what
    assert send_due() == 0


def test_links_lead_to_the_portal_s_own_address_whatever_the_request_named(
    holder: Client, story: CaseStory, settings: Any
) -> None:
    asked(holder)
    settings.ADDRESS = "https://map.town.example"
    work_off()
    (question,) = mail.outbox
    (path,) = re.findall(r"https://map\.town\.example(/receipts/mail/\S+/)", str(question.body))
    browser().post(path, {"confirm": "1"})
    story.to_notice()
    send_due()
    news = mail.outbox[-1]
    assert news.extra_headers["List-Unsubscribe"] == f"<https://map.town.example{path}>"
    assert "https://map.town.example/receipts/\n" in news.body
    assert not any("testserver" in letter.body for letter in mail.outbox)


@pytest.mark.parametrize("form", [{"end": "1"}, {"List-Unsubscribe": "One-Click"}])
def test_letters_end_by_a_button_and_by_the_mail_program_s_own_form(
    form: dict[str, str], confirmed: str, holder: Client, story: CaseStory
) -> None:
    assert 'name="end"' in browser().get(confirmed).content.decode()
    strict = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    assert strict.post(confirmed, form).status_code == 200
    assert not MailAddress.objects.exists()
    assert browser().get(confirmed).status_code == 404
    assert content(holder)["mail"] == {"email": ""}
    story.to_notice()
    assert send_due() == 0
    assert mail.outbox == []


def test_the_holder_ends_them_at_the_case_too(confirmed: str, holder: Client) -> None:
    assert ADDRESS in page(holder)
    assert holder.post("/receipts/mail/", {"end": "1"}).status_code == 302
    assert not MailAddress.objects.exists()
    assert ADDRESS not in page(holder)


def test_what_waited_when_they_were_ended_is_not_sent(confirmed: str, story: CaseStory) -> None:
    story.to_notice()
    browser().post(confirmed, {"end": "1"})
    assert send_due() == 0
    assert mail.outbox == []
    assert story.case.notices.get(channel="email").problem == "no address"


def test_another_address_is_asked_anew_and_ends_the_old_link(confirmed: str, holder: Client) -> None:
    MailAddress.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    assert asked(holder, "li.si@citizen.example") == 302
    assert browser().get(confirmed).status_code == 404
    assert MailAddress.objects.get().confirmed_at is None


def test_nobody_s_box_is_filled_by_asking_again_and_again(link: str, holder: Client) -> None:
    assert asked(holder) == 422
    for _ in range(MOST_LETTERS - 1):
        MailAddress.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
        assert asked(holder) == 302
        work_off()
    assert len(mail.outbox) == MOST_LETTERS - 1  # and the first
    MailAddress.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    assert asked(holder) == 422
    holder.post("/receipts/mail/", {"end": "1"})
    assert asked(holder) == 422
    assert work_off() == 0


@pytest.mark.parametrize(
    "wrong", ["", "zhang", "a@b", "a b@c.example", "x" * 250 + "@c.example", "a\n@c.example"]
)
def test_what_is_no_address_is_refused_in_a_sentence(wrong: str, holder: Client) -> None:
    response = holder.post("/receipts/mail/", {"email": wrong})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()
    assert not MailAddress.objects.exists()


def test_without_a_mail_server_nobody_is_asked_for_an_address(holder: Client, settings: Any) -> None:
    settings.HAS_MAIL_SERVER = False
    assert content(holder)["mail"] is None
    assert asked(holder) == 422


def test_an_address_that_nobody_confirms_is_forgotten(link: str) -> None:
    MailAddress.objects.update(asked_at=timezone.now() - timedelta(days=7, minutes=1))
    assert browser().get(link).status_code == 404
    assert delete_unconfirmed(timezone.now()) == 1
    assert not MailAddress.objects.exists()


def test_a_secret_made_anew_keeps_number_and_address_and_ends_old_secret_and_session(
    confirmed: str, holder: Client, issued: IssuedReceipt, story: CaseStory, sign_in: SignIn
) -> None:
    desk, case = sign_in("first"), story.case
    case.refresh_from_db()
    form = {"revision": case.revision, "role": "party", "renew": "1"}
    response = desk.post(f"/cases/{case.pk}/receipt/", form)
    number, secret = re.findall(r'<b class="number">([^<]+)</b>', response.content.decode())
    assert number.replace(" ", "") == issued.receipt.number
    assert content(holder) == {"case": None}
    assert enter(browser(), number, issued.secret) == 422
    assert enter(browser(), number, secret) == 302
    assert MailAddress.objects.get().email == ADDRESS
    event = case.events.filter(kind="receipt").latest("pk")
    assert (event.data["act"], event.data["number"]) == ("renewed", issued.receipt.number)
    assert "口令已重新生成" in desk.get(f"/cases/{case.pk}/").content.decode()


def test_who_gets_a_new_receipt_is_asked_for_an_address_again(
    confirmed: str, issued: IssuedReceipt, story: CaseStory
) -> None:
    issue_receipt(story.case.pk, "party", story.people["second"])
    assert not MailAddress.objects.exists()
    assert browser().get(confirmed).status_code == 404


def test_letters_of_one_go_to_nobody_else(confirmed: str, story: CaseStory) -> None:
    story.to_notice()
    first = story.case.notices.get(channel="email")
    earlier = first.made_at - timedelta(minutes=1)
    story.case.notices.create(
        kind="step", event=first.event, addressee="reporter", made_at=first.made_at, channel="email",
        send_at=earlier,
    )  # fmt: skip
    send_due()
    send_due()
    assert [letter.to for letter in mail.outbox] == [[ADDRESS]]
    assert story.case.notices.get(channel="email", addressee="reporter").problem == "no address"
