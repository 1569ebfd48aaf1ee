"""A password is changed by its owner, or anew by a link that works once; other sessions end and the owner is told."""

import re
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client
from django.utils import timezone

from geoportal.accounts.models import User
from layers.jobs.models import Job
from tests.guess_clock import GuessClock, clock
from tests.job_worker import work_off
from tests.people import PASSWORD, client_of, make_person

pytestmark = pytest.mark.django_db
__all__ = ["clock"]
SIGN_IN, CHANGE, FORGOTTEN = "/accounts/sign-in/", "/accounts/password/", "/accounts/password/forgotten/"
NEW = "an even longer passphrase"


@pytest.fixture
def officer() -> User:
    person = make_person("officer")
    person.email, person.last_login = "officer@district.example", timezone.now()
    person.save()
    return person


@pytest.fixture
def mail_server(settings: Any) -> None:
    settings.HAS_MAIL_SERVER = True


def signed_in() -> Client:
    client = Client()
    assert client.post(SIGN_IN, {"username": "officer", "password": PASSWORD}).status_code == 302
    return client


def change(client: Client, old: str = PASSWORD, new: str = NEW, again: str = NEW) -> Any:
    return client.post(CHANGE, {"old_password": old, "new_password1": new, "new_password2": again})


def letters() -> list[str]:
    work_off()
    return [str(message.body) for message in mail.outbox]


def link_in(text: str) -> str:
    found = re.search(r"http://testserver(/accounts/password/\S+?/\S+?/)(?=[\s\"])", text)
    assert found
    return found[1]


def choose(link: str, new: str = NEW) -> Any:
    client = Client()
    form = client.get(link, follow=True)
    asked = form.redirect_chain[-1][0] if form.redirect_chain else link
    return client.post(asked, {"new_password1": new, "new_password2": new})


@pytest.mark.django_db(transaction=True)
def test_a_change_ends_all_other_sessions_and_tells_the_owner(officer: User, mail_server: None) -> None:
    here, elsewhere = signed_in(), signed_in()
    assert change(here)["Location"] == "/accounts/me/"
    assert "密码已修改" in here.get("/accounts/me/").content.decode()
    assert elsewhere.get("/accounts/me/").status_code == 302
    assert not Client().login(username="officer", password=PASSWORD)
    (letter,) = letters()
    assert "Your password was changed" in mail.outbox[0].subject
    assert "如果不是您本人操作" in letter
    assert mail.outbox[0].to == ["officer@district.example"]


@pytest.mark.parametrize(
    ("old", "new", "again", "language", "sentence"),
    [
        ("wrong", NEW, NEW, "en", "Your old password was entered incorrectly"),
        (PASSWORD, "short", "short", "en", "at least 10 characters"),
        (PASSWORD, "short", "short", "zh-hans", "至少"),
        (PASSWORD, "12345678901", "12345678901", "en", "entirely numeric"),
        (PASSWORD, "officer-123", "officer-123", "en", "too similar"),
        (PASSWORD, "1234567890", "1234567890", "en", "too common"),
        (PASSWORD, NEW, "another one again", "en", "didn’t match"),
    ],
)
def test_a_bad_change_is_refused_in_a_sentence(
    officer: User, old: str, new: str, again: str, language: str, sentence: str
) -> None:
    client = signed_in()
    client.cookies["django_language"] = language
    page = change(client, old, new, again)
    assert page.status_code == 200
    assert sentence in page.content.decode()
    assert f'"{new}"' not in page.content.decode()
    assert Client().login(username="officer", password=PASSWORD)


def test_the_old_password_is_not_guessed_in_a_browser_left_open(officer: User, clock: GuessClock) -> None:
    client = signed_in()
    answers = [change(client, f"wrong {number}").status_code for number in range(6)]
    assert answers == [200] * 5 + [429]
    assert change(client)["Retry-After"] == "2"


def test_who_is_not_signed_in_is_asked_to_be() -> None:
    assert Client().get(CHANGE)["Location"] == f"{SIGN_IN}?next={CHANGE}"


def test_the_administration_sends_there_too() -> None:
    assert client_of("administrator").get("/admin/password_change/")["Location"] == CHANGE


def test_a_forgotten_password_is_chosen_anew_by_a_link_that_works_once(
    officer: User, mail_server: None
) -> None:
    old = signed_in()
    assert Client().post(FORGOTTEN, {"name": "officer"})["Location"] == SIGN_IN
    (letter,) = letters()
    link = link_in(letter)
    assert choose(link)["Location"] == SIGN_IN
    assert old.get("/accounts/me/").status_code == 302
    assert Client().login(username="officer", password=NEW)
    spent = Client().get(link)
    assert spent.status_code == 200
    assert "该链接已使用" in spent.content.decode()


def test_weak_passwords_are_no_better_by_a_link(officer: User, mail_server: None) -> None:
    Client().post(FORGOTTEN, {"name": "Officer@District.example"})
    refused = choose(link_in(letters()[0]), "officer123")
    assert refused.status_code == 200
    assert Client().login(username="officer", password=PASSWORD)


def test_nobody_learns_whether_there_is_an_account(officer: User, mail_server: None) -> None:
    User.objects.create_user("without-address", password=PASSWORD)
    User.objects.create_user("gone", password=PASSWORD, email="gone@district.example", is_active=False)
    answers = []
    for name in ("officer", "nobody", "without-address", "gone"):
        client = Client()
        client.post(FORGOTTEN, {"name": name})
        answers.append(re.sub(r'value="[^"]{64}"', "", client.get(SIGN_IN).content.decode()))
    assert len(set(answers)) == 1
    assert "重设链接将发送至该邮箱" in answers[0]
    assert Job.objects.count() == 1


class RefusingBackend(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise SMTPRecipientsRefused({messages[0].to[0]: (550, b"no such box")})


def test_what_the_mail_server_refuses_names_nobody_in_the_log(
    officer: User, mail_server: None, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    Client().post(FORGOTTEN, {"name": "officer"})
    work_off()
    kept = caplog.text + "".join(Job.objects.values_list("task__traceback", flat=True))
    assert kept.count("SMTPRecipientsRefused") > 1
    assert officer.email not in kept


def test_letter_boxes_are_not_filled(officer: User, mail_server: None, clock: GuessClock) -> None:
    answers = [Client().post(FORGOTTEN, {"name": "officer"}).status_code for _ in range(6)]
    assert answers == [302] * 5 + [429]
    assert Job.objects.count() == 1


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "请联系为您开通账号的管理员"), ("en", "sends no e-mail")]
)
def test_without_a_mail_server_the_page_says_whom_to_ask(officer: User, language: str, words: str) -> None:
    client = Client(headers={"accept-language": language})
    assert words in client.get(FORGOTTEN).content.decode()
    assert client.post(FORGOTTEN, {"name": "officer"})["Location"] == FORGOTTEN
    assert not Job.objects.exists()


def test_an_administrator_hands_out_a_link_that_is_shown_once(officer: User) -> None:
    client = client_of("administrator")
    change_page = f"/admin/accounts/user/{officer.pk}/change/"
    address = f"/admin/accounts/user/{officer.pk}/password-link/"
    assert address in client.get(change_page).content.decode()
    assert client.get(address).status_code == 405
    page = client.post(address)
    assert "no-store" in page["Cache-Control"]
    assert choose(link_in(page.content.decode()))["Location"] == SIGN_IN
    assert Client().login(username="officer", password=NEW)
    assert "重设密码链接" in client.get(f"/admin/accounts/user/{officer.pk}/history/").content.decode()


def test_only_who_may_change_the_account_hands_one_out(officer: User) -> None:
    chief = make_person("administrator")
    for role in ("public", "citizen", "other_officer"):
        assert client_of(role).post(f"/admin/accounts/user/{officer.pk}/password-link/").status_code == 302
    clerk = User.objects.create_user("clerk", password=PASSWORD, is_staff=True)
    client = Client()
    client.force_login(clerk)
    assert client.post(f"/admin/accounts/user/{officer.pk}/password-link/").status_code == 404
    from django.contrib.auth.models import Permission

    clerk.user_permissions.add(*Permission.objects.filter(codename__in=("change_user", "view_user")))
    assert client.post(f"/admin/accounts/user/{officer.pk}/password-link/").status_code == 200
    assert client.post(f"/admin/accounts/user/{chief.pk}/password-link/").status_code == 404
    assert client.post(f"/admin/accounts/user/{2**70}/password-link/").status_code == 404


def test_the_owner_s_page_says_when_it_was_changed(officer: User) -> None:
    client = signed_in()
    User.objects.update(password_changed_at=None)
    assert change(client).status_code == 302
    now = timezone.localtime()
    today = f"{now.year}年{now.month}月{now.day}日"
    assert re.search(rf"密码修改时间\s*</dt>\s*<dd>\s*{today}", client.get("/accounts/me/").content.decode())
