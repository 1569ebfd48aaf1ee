"""Passkeys beside codes: added by name, used once for each sign-in and for this site alone, removed."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.test import Client

from geoportal.accounts.models import SecondFactor, User
from tests.accounts.authenticator import Authenticator
from tests.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db
SIGN_IN, CODE = "/accounts/sign-in/", "/accounts/second-factor/"
PAGE = "/accounts/second-factor/passkeys/"
OPTIONS = re.compile(r'data-options="([^"]+)"')
FIELD = re.compile(r'name="passkey"([^>]*value[^>]*)?')
REFUSED, REQUIRED = "通行密钥未通过验证，请重试。", "这个字段是必填项。"
CODES = re.compile(r"<code>([A-Z0-9-]{14})</code>")


@pytest.fixture(autouse=True)
def site(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")


def browser() -> Client:
    return Client(headers={"host": "testserver", "x-forwarded-proto": "https", "accept": "text/html"})


def give_password(name: str = "officer") -> Client:
    client = browser()
    assert client.post(SIGN_IN, {"username": name, "password": PASSWORD}).status_code == 302
    return client


def options(client: Client, address: str) -> dict[str, Any]:
    found = OPTIONS.search(client.get(address).content.decode())
    assert found
    asked: dict[str, Any] = json.loads(unescape(found[1]))
    return asked


def add(client: Client, device: Authenticator, name: str = "手机", **words: str) -> Any:
    answer = device.create(options(client, PAGE))
    return client.post(PAGE, {"name": name, "passkey": answer, "password": PASSWORD, **words})


def use(client: Client, device: Authenticator) -> Any:
    return client.post(CODE, {"passkey": device.get(options(client, CODE))})


def is_in(client: Client) -> bool:
    return client.get("/accounts/me/").status_code == 200


@pytest.fixture
def device() -> Authenticator:
    return Authenticator()


@pytest.fixture
def officer(device: Authenticator) -> User:
    person = make_person("officer")
    page = add(give_password(), device).content.decode()
    assert len(CODES.findall(page)) == 10, re.findall(r"(?s)role=\"alert\".{200}", page)
    return person


def test_it_is_added_with_recovery_codes_and_signs_in_beside_the_password(
    officer: User, device: Authenticator
) -> None:
    client = give_password()
    assert not is_in(client)
    assert use(client, device).status_code == 302
    assert is_in(client)
    sessions = client.get("/accounts/sessions/", headers={"accept": "application/json"}).json()["sessions"]
    assert [each["proof"] for each in sessions if each["is_this"]] == ["密码和通行密钥“手机”"]
    page = client.get(PAGE).content.decode()
    assert "手机" in page
    assert SecondFactor.objects.get(kind="passkey").used_at


def test_a_further_one_gives_no_new_codes_and_ends_no_session(officer: User, device: Authenticator) -> None:
    client, further = give_password(), Authenticator()
    use(client, device)
    assert add(client, further, "钥匙扣")["Location"] == PAGE
    assert is_in(client)
    for each in (device, further):
        assert use(give_password(), each).status_code == 302
    assert SecondFactor.objects.filter(kind="recovery").count() == 10


def test_a_recovery_code_serves_where_it_is_lost(device: Authenticator) -> None:
    make_person("officer")
    [code, *_] = CODES.findall(add(give_password(), device).content.decode())
    client = give_password()
    assert client.post(CODE, {"code": code}).status_code == 302
    assert is_in(client)


def test_what_is_signed_for_another_site_another_time_or_by_a_copy_opens_nothing(
    officer: User, device: Authenticator
) -> None:
    client = give_password()
    asked = options(client, CODE)
    forged = Authenticator("https://testserver.example", 5, device.identity, device.key)
    assert client.post(CODE, {"passkey": forged.get(asked)}).status_code == 200
    assert client.post(CODE, {"passkey": device.get(asked)}).status_code == 200, "asked for the last time"
    answer = device.get(options(client, CODE))
    assert client.post(CODE, {"passkey": answer}).status_code == 302
    again = give_password()
    options(again, CODE)
    assert again.post(CODE, {"passkey": answer}).status_code == 200
    copy = Authenticator(device.site, 0, device.identity, device.key)
    assert use(again, copy).status_code == 200
    stranger = Authenticator(identity=device.identity)
    stranger.counter = 50
    assert use(again, stranger).status_code == 200
    assert not is_in(again)


@pytest.mark.parametrize(
    "sent", ["", "{}", "[]", "null", "7", '{"id":1}', "[" * 9000, '{"id":"a","rawId":"!"}']
)
def test_what_no_browser_sends_is_refused_in_a_sentence(
    officer: User, device: Authenticator, sent: str
) -> None:
    client = give_password()
    options(client, CODE)
    answer = client.post(CODE, {"passkey": sent})
    assert (answer.status_code, is_in(client)) == (200, False)
    text = answer.content.decode()
    assert (REFUSED if sent else REQUIRED) in text
    assert FIELD.findall(text) == [""], "what was refused does not stand before a code"
    use(client, device)
    options(client, PAGE)
    page = client.post(PAGE, {"name": "x", "passkey": sent, "password": PASSWORD})
    assert page.status_code == 200
    assert (REFUSED if sent else REQUIRED) in page.content.decode()
    assert SecondFactor.objects.filter(kind="passkey").count() == 1


def test_adding_and_removing_ask_for_the_password_and_are_one_s_own(
    officer: User, device: Authenticator
) -> None:
    client, there = give_password(), give_password()
    for each in (client, there):
        use(each, device)
    assert add(client, Authenticator(), password="wrong").status_code == 200
    [passkey] = SecondFactor.objects.filter(kind="passkey")
    removal = f"{PAGE}{passkey.pk}/removal/"
    make_person("citizen")
    assert give_password("citizen").post(removal, {"password": PASSWORD}).status_code == 404
    assert client.post(removal, {"password": "wrong"}).status_code == 200
    assert client.post(removal, {"password": PASSWORD})["Location"] == PAGE
    assert (is_in(client), is_in(there)) == (True, False)
    assert not SecondFactor.objects.exists()
    assert is_in(give_password())


def test_who_must_have_one_begins_with_it_and_keeps_the_last(device: Authenticator, settings: Any) -> None:
    settings.SECOND_FACTOR = "administrators"
    make_person("administrator")
    client = give_password("administrator")
    assert add(client, device).status_code == 200
    assert client.get("/imports/").status_code == 200
    [passkey] = SecondFactor.objects.filter(kind="passkey")
    page = client.post(f"{PAGE}{passkey.pk}/removal/", {"password": PASSWORD})
    assert "唯一的双重验证方式" in page.content.decode()
    assert SecondFactor.objects.filter(kind="passkey").exists()
    assert give_password("administrator").get(PAGE)["Location"] == CODE, (
        "a second one is not added by the password"
    )


@pytest.mark.parametrize(
    ("host", "secure"), [("192.0.2.1", "https"), ("[2001:db8::1]:8000", "https"), ("testserver", "http")]
)
def test_where_browsers_know_none_the_page_says_so(
    officer: User, device: Authenticator, host: str, secure: str, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    client = give_password()
    use(client, device)
    page = client.get(PAGE, headers={"host": host, "x-forwarded-proto": secure}).content.decode()
    assert "data-options" not in page
    assert "HTTPS" in page


def test_the_page_that_takes_the_second_factor_away_names_the_passkeys_that_go_with_it(
    officer: User, device: Authenticator
) -> None:
    client, address = give_password(), "/accounts/second-factor/removal/"
    use(client, device)
    shown = client.get(address).content.decode()
    assert "以下通行密钥将一并移除：" in shown
    assert "<li>手机</li>" in shown
    client.post(address, {"password": PASSWORD})
    assert not officer.second_factors.exists()
