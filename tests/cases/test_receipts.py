"""Somebody without an account follows one case by a receipt, acts in it, and comes to nothing else."""

import re
import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from geoportal.accounts.models import Throttle
from layers.casework.admin.procedure_trial import trial
from layers.casework.cases.receipts import IssuedReceipt, issue_receipt
from layers.casework.models import Case, Receipt
from layers.casework.procedures.versions import procedure_of
from tests.cases.case_story import CaseStory, decided, intended, story
from tests.cases.conftest import SignIn, entered
from tests.guess_clock import GuessClock, clock

pytestmark = pytest.mark.django_db
__all__ = ["clock", "decided", "story"]
PAGE = "/receipts/"


@pytest.fixture
def noticed(story: CaseStory) -> CaseStory:
    story.to_notice()
    return story


@pytest.fixture
def issued(noticed: CaseStory) -> IssuedReceipt:
    made = issue_receipt(noticed.case.pk, "party", noticed.people["first"])
    noticed.case.refresh_from_db()
    return made


def browser(language: str = "zh", accept: str = "text/html") -> Client:
    return Client(headers={"accept": accept, "accept-language": language})


def enter(client: Client, number: str, secret: str) -> int:
    return client.post(PAGE, {"number": number, "secret": secret}).status_code


@pytest.fixture
def holder(issued: IssuedReceipt) -> Client:
    client = browser()
    assert enter(client, issued.receipt.number, issued.secret) == 302
    return client


def content(client: Client) -> dict[str, Any]:
    found: dict[str, Any] = client.get(PAGE, headers={"accept": "application/json"}).json()
    return found


def page(client: Client) -> str:
    return client.get(PAGE).content.decode()


def test_an_officer_issues_a_receipt_whose_secret_is_shown_once(
    noticed: CaseStory, sign_in: SignIn, settings: Any
) -> None:
    case, client = noticed.case, sign_in("first")
    settings.ADDRESS = (
        "https://map.town.example"  # where those are who have no way to the office's own network
    )
    assert f"/cases/{case.pk}/receipt/" in client.get(f"/cases/{case.pk}/").content.decode()
    case.refresh_from_db()
    response = client.post(f"/cases/{case.pk}/receipt/", {"revision": case.revision, "role": "party"})
    shown = re.findall(r'<b class="number">([^<]+)</b>', response.content.decode())
    assert response["Cache-Control"] == "no-store"
    assert "https://map.town.example/receipts/" in response.content.decode()
    number, secret = shown
    receipt = Receipt.objects.get(case=case)
    assert number.replace(" ", "") == receipt.number
    signs = secret.replace("-", "")
    assert len(signs) == 16
    assert signs not in receipt.secret
    event = case.events.get(kind="receipt")
    assert event.data | {"revision": 0} == {
        "role": "party", "number": receipt.number, "act": "issued", "revoked": "", "revision": 0,
    }  # fmt: skip
    again = client.get(f"/cases/{case.pk}/").content.decode()
    assert number in again
    assert secret not in again
    assert secret not in str(dict(client.session))
    assert enter(browser(), number, secret) == 302


def test_only_who_handles_the_case_issues_one_and_only_for_a_role_outside(
    noticed: CaseStory, sign_in: SignIn
) -> None:
    assert entered(sign_in("planning"), noticed.case, "receipt/", {"role": "party"})[0] == 404
    for role in ("officer", "nobody", ""):
        assert entered(sign_in("first"), noticed.case, "receipt/", {"role": role})[0] == 422
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("typed", [str, str.lower, lambda text: f" {text[:4]} - {text[4:]}"])
def test_it_does_not_matter_how_the_secret_is_written(issued: IssuedReceipt, typed: Any) -> None:
    number = issued.receipt.number
    fullwidth = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    assert enter(browser(), fullwidth, typed(issued.secret)) == 302


def test_a_wrong_secret_opens_nothing_and_an_address_never_does(issued: IssuedReceipt) -> None:
    client, number, secret = browser(), issued.receipt.number, issued.secret
    for wrong in ("", "A" * 16, secret[:-1], secret + "A", "é" * 16):
        assert enter(client, number, wrong) == 422
    for other in ("1" * 12, number + "1", number * 9, "\ufdfa" * 200, "\x00"):
        assert enter(client, other, secret) == 422
    assert client.get(PAGE, {"number": number, "secret": secret}).status_code == 200
    assert content(client) == {"case": None}


def test_guesses_are_limited_as_those_of_passwords_are(issued: IssuedReceipt, clock: GuessClock) -> None:
    number = issued.receipt.number
    answers = [enter(browser(), f"{number[:6]}-{number[6:]}", "WRONG") for _ in range(6)]
    assert answers == [422] * 5 + [429]
    refused = browser().post(PAGE, {"number": number, "secret": issued.secret})
    assert (refused.status_code, refused["Retry-After"]) == (429, "2")
    assert number in refused.content.decode()
    other = Client(headers={"accept": "text/html"}, REMOTE_ADDR="198.51.100.7")
    assert enter(other, number, issued.secret) == 302


def test_nothing_is_kept_of_a_guess_but_numbers(issued: IssuedReceipt) -> None:
    assert enter(browser(), "1" * 12, issued.secret) == 422
    kept = Throttle.objects.values_list("key", flat=True)
    assert kept
    assert all(re.fullmatch("[0-9a-f]{64}", key) for key in kept)
    assert {field.name for field in Throttle._meta.fields} == {"key", "scope", "failures", "at", "turn"}


def test_the_holder_reads_how_the_case_stands_and_what_it_was_told(
    holder: Client, noticed: CaseStory
) -> None:
    shown = content(holder)
    assert (shown["number"], shown["state"]) == (noticed.case.number, "告知")
    assert shown["department"] == noticed.case.department.name
    english = holder.get(PAGE, headers={"accept": "application/json", "accept-language": "en"}).json()
    assert (shown["category"], english["category"]) == ("占道经营", "Trading on the street")
    limits = {limit["title"]: limit for limit in shown["limits"]}
    request = limits["当事人要求听证的期限"]
    assert "第64" in request["basis"]
    assert request["of_party"]
    (told,) = shown["events"]
    assert (told["title"], told["own"]) == ("送达处罚告知书", False)
    assert [fact["value"] for fact in told["facts"]] == ["拟处罚款"]
    assert {step["code"] for step in shown["steps"]} == {"state_defence", "request_hearing"}
    answer = holder.get(PAGE)
    assert answer["Cache-Control"] == "no-store"
    text = answer.content.decode()
    for inner in (
        "现场摆放桌椅八套",
        "officer first",
        noticed.case.party_id,
        noticed.case.party_name,
        "李某",
    ):
        assert inner not in text


def test_what_a_paper_says_is_told_once_it_was_delivered(story: CaseStory) -> None:
    story.to_review()
    story.take("issue_notice", "first", rights_text="拟处罚款", **intended("3000"))
    receipt = issue_receipt(story.case.pk, "party", story.people["first"])
    party = browser()
    enter(party, receipt.receipt.number, receipt.secret)
    assert content(party)["events"] == []


def test_what_waited_for_the_party_is_told_when_the_receipt_is_used(
    issued: IssuedReceipt, noticed: CaseStory, sign_in: SignIn
) -> None:
    notice, client = noticed.case.notices.get(addressee="party"), sign_in("first")
    address = f"/cases/{noticed.case.pk}/notices/{notice.pk}/"
    assert address in client.get(f"/cases/{noticed.case.pk}/").content.decode()
    party = browser()
    for _ in range(2):
        enter(party, issued.receipt.number, issued.secret)
    notice.refresh_from_db()
    assert notice.delivered_at is not None
    (event,) = noticed.case.events.filter(kind="told")
    assert (event.data["step"], event.data["channel"], event.data["outside"]) == (
        "serve_notice",
        "portal",
        "party",
    )
    page = client.get(f"/cases/{noticed.case.pk}/").content.decode()
    assert address not in page
    assert "告知方式" in page


def test_the_holder_reads_it_in_english_too(issued: IssuedReceipt) -> None:
    client = browser("en")
    enter(client, issued.receipt.number, issued.secret)
    shown = page(client)
    for words in ("How it stands", "Time to request a hearing", "The party states its defence", "Art. 64"):
        assert words in shown
    assert (
        re.search(r"[一-鿿]", re.sub(r"<button[^>]*lang=.*?</button>|<dd>.*?</dd>", "", shown, flags=re.S))
        is None
    )


def act(client: Client, code: str, **words: object) -> int:
    return client.post(
        f"/receipts/steps/{code}/", {"revision": content(client)["revision"], **words}
    ).status_code


def test_the_holder_takes_a_step_and_reads_the_answer(
    holder: Client, noticed: CaseStory, sign_in: SignIn
) -> None:
    assert act(holder, "state_defence") == 422
    assert act(holder, "state_defence", **{"field-defence": "桌椅未占盲道", "note": "附言"}) == 302
    event = noticed.case.events.get(step="state_defence")
    assert (event.officer, event.data["outside"], event.data["note"]) == (None, "party", "附言")
    own = content(holder)["events"][0]
    assert (own["own"], own["facts"][0]["value"], own["note"]) == (True, "桌椅未占盲道", "附言")
    at_desk = sign_in("first").get(f"/cases/{noticed.case.pk}/").content.decode()
    assert "当事人（凭回执）" in at_desk
    told = sign_in("first").get("/cases/notices/", headers={"accept-language": "en"}).content.decode()
    assert "The party: The party states its defence" in told
    with override("en"):
        tried = trial(noticed.case, procedure_of(noticed.case))
    assert [row["who"] for row in tried["steps"]][-1] == "The party"
    noticed.take("hear_defence", "first", defence="桌椅未占盲道", answer="照片显示占用盲道")
    answered = content(holder)["events"][0]
    assert [fact["value"] for fact in answered["facts"]] == ["照片显示占用盲道"]


def test_what_is_not_the_holder_s_is_refused(holder: Client, noticed: CaseStory) -> None:
    before = noticed.case.events.count()
    for code in ("hear_defence", "conclude_notice", "no-such", "request_hearing"):
        assert act(holder, code, **{"field-defence": "x", "field-answer": "x"}) == 422
    assert noticed.case.events.count() == before


def test_who_answers_what_has_changed_is_told_and_keeps_the_words(holder: Client, noticed: CaseStory) -> None:
    old = content(holder)["revision"]
    noticed.take("hear_defence", "first", defence="口头", answer="已答复")
    response = holder.post("/receipts/steps/state_defence/", {"revision": old, "field-defence": "我的意见"})
    assert response.status_code == 409
    assert "我的意见" in response.content.decode()
    assert not noticed.case.events.filter(step="state_defence").exists()


def test_the_session_is_limited_to_the_one_case(holder: Client, noticed: CaseStory) -> None:
    public = browser()
    addresses = [
        f"/cases/{noticed.case.pk}/",
        "/cases/inbox/",
        f"/cases/{noticed.case.pk}/file.pdf",
        "/jobs/",
    ]
    for address in addresses:
        assert holder.get(address).status_code == public.get(address).status_code
    assert "steps" not in content(public)
    assert public.post("/receipts/steps/state_defence/", {"field-defence": "x"})["Location"] == PAGE
    assert not noticed.case.events.filter(step="state_defence").exists()


def test_a_new_receipt_ends_the_old_one_at_once(
    holder: Client, issued: IssuedReceipt, noticed: CaseStory, sign_in: SignIn
) -> None:
    again = issue_receipt(noticed.case.pk, "party", noticed.people["second"])
    assert content(holder) == {"case": None}
    assert enter(browser(), issued.receipt.number, issued.secret) == 422
    assert enter(holder, again.receipt.number, again.secret) == 302
    assert entered(sign_in("first"), noticed.case, "receipt/", {"role": "party", "revoke": "1"})[0] == 302
    assert content(holder) == {"case": None}
    assert entered(sign_in("first"), noticed.case, "receipt/", {"role": "party", "revoke": "1"})[0] == 422


def test_the_session_ends_with_its_time_and_when_it_is_left(
    issued: IssuedReceipt, holder: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert holder.post("/receipts/leave/").status_code == 302
    assert content(holder) == {"case": None}
    enter(holder, issued.receipt.number, issued.secret)
    later = time.time() + 2 * 3600 + 1
    monkeypatch.setattr("geoportal.cases.receipts.sessions.time.time", lambda: later)
    assert content(holder) == {"case": None}


def test_who_is_signed_in_stays_so(issued: IssuedReceipt, sign_in: SignIn) -> None:
    client = sign_in("first")
    enter(client, issued.receipt.number, issued.secret)
    assert content(client)["role"] == "当事人"
    client.post("/receipts/leave/")
    assert content(client) == {"case": None}
    assert client.get("/cases/inbox/").status_code == 200


def test_a_case_that_comes_to_another_procedure_is_closed_to_the_receipt(
    holder: Client, noticed: CaseStory
) -> None:
    Case.objects.filter(pk=noticed.case.pk).update(version=None)
    assert content(holder) == {"case": None}


def test_who_has_to_pay_reads_how_much_and_until_when_once_the_decision_was_delivered(
    decided: CaseStory, sign_in: SignIn
) -> None:
    issued = {
        role: issue_receipt(decided.case.pk, role, decided.people["first"]) for role in ("party", "reporter")
    }
    holders = {}
    for role, each in issued.items():
        holders[role] = browser()
        enter(holders[role], each.receipt.number, each.secret)
    assert content(holders["party"])["money"] is None
    assert "3,000.50" not in page(holders["party"])
    decided.take("deliver", "first", method="direct", delivered_on=str(timezone.localdate()))
    money = content(holders["party"])["money"]
    assert (money["owed"], money["is_late"], money["figures"][0]) == (
        "3,000.50",
        False,
        {"title": "应缴（决定）", "yuan": "3,000.50"},
    )
    assert money["due"]
    assert "尚欠 ¥3,000.50" in page(holders["party"])
    assert content(holders["reporter"])["money"] is None
    assert "3,000.50" not in page(holders["reporter"])
