"""A second factor: required where the district says so, offered to all others, and no door without it."""

import re
import time
from typing import Any

import pyotp
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from geoportal import environment
from geoportal.accounts.models import Role, SecondFactor, Session, User
from geoportal.accounts.second_factor.rules import is_required
from geoportal.accounts.sessions import session_viewer
from layers.registry.audience import PUBLIC_VIEWER, Audience
from tests.contracts.test_every_address import ADDRESSES
from tests.district import SmallDistrict
from tests.guess_clock import GuessClock, clock
from tests.people import PASSWORD, client_of, make_person

pytestmark = pytest.mark.django_db
__all__ = ["clock"]
SIGN_IN, CODE = "/accounts/sign-in/", "/accounts/second-factor/"
SETUP, REMOVAL = "/accounts/second-factor/setup/", "/accounts/second-factor/removal/"


class Moment:
    """The time of authenticator apps, which tests put forward by steps."""

    def __init__(self) -> None:
        self.seconds = time.time()

    def __call__(self) -> float:
        return self.seconds

    def code(self, secret: str) -> str:
        return pyotp.TOTP(secret).at(int(self.seconds))

    def next(self, secret: str) -> str:
        self.seconds += 30
        return self.code(secret)


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    moment = Moment()
    monkeypatch.setattr("geoportal.accounts.second_factor.codes.time.time", moment)
    return moment


@pytest.fixture
def production(settings: Any) -> None:
    settings.SECOND_FACTOR = "administrators"


def give_password(name: str, following: str = "/accounts/me/", client: Client | None = None) -> Client:
    client = client or Client()
    sent = {"username": name, "password": PASSWORD, "next": following}
    assert client.post(SIGN_IN, sent).status_code == 302
    return client


def set_up(client: Client, moment: Moment, **words: str) -> tuple[str, list[str]]:
    """The key and the recovery codes."""
    page = client.get(SETUP).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert key
    assert shown
    secret = shown[1].replace(" ", "")
    answer = client.post(SETUP, {"key": key[1], "code": moment.code(secret), **words})
    assert answer.status_code == 200, answer
    return secret, re.findall(r"<code>([A-Z0-9-]{14})</code>", answer.content.decode())


def is_in(client: Client) -> bool:
    return client.get("/accounts/me/").status_code == 200


@pytest.fixture
def enrolled(moment: Moment) -> tuple[str, list[str]]:
    """The key and recovery codes of an officer."""
    make_person("officer")
    return set_up(give_password("officer"), moment, password=PASSWORD)


def test_an_administrator_sets_one_up_before_anything_else(production: None, moment: Moment) -> None:
    make_person("administrator")
    client = give_password("administrator", "/admin/")
    for address in ("/accounts/me/", "/admin/", "/imports/", "/operations/"):
        assert client.get(address).status_code == 302, address
    assert "请用手机上的验证器应用扫描二维码" in client.get(CODE, follow=True).content.decode()
    _, codes = set_up(client, moment)
    assert len(set(codes)) == 10
    assert client.get("/admin/").status_code == 200
    assert is_in(client)


def test_afterwards_the_password_alone_opens_nothing(
    production: None, moment: Moment, clock: GuessClock
) -> None:
    make_person("administrator")
    secret, _ = set_up(give_password("administrator"), moment)
    client = give_password("administrator", "/admin/")
    assert not is_in(client)
    assert client.get(SETUP)["Location"] == CODE
    assert client.post(SETUP, {"key": "x", "code": "000000"})["Location"] == CODE
    wrong = client.post(CODE, {"code": "000000"})
    assert "验证码不正确或已使用" in wrong.content.decode()
    assert client.post(CODE, {"code": moment.next(secret)})["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_a_code_works_once(enrolled: tuple[str, list[str]], moment: Moment) -> None:
    secret, _ = enrolled
    assert give_password("officer").post(CODE, {"code": moment.code(secret)}).status_code == 200, (
        "of the setup"
    )
    code = moment.next(secret)
    spaced = f"{code[:3]} {code[3:]}"
    assert give_password("officer").post(CODE, {"code": spaced}).status_code == 302
    assert give_password("officer").post(CODE, {"code": code}).status_code == 200
    old = moment.code(secret)
    moment.seconds += 120
    assert give_password("officer").post(CODE, {"code": old}).status_code == 200


def test_a_recovery_code_works_once_and_for_its_owner(
    enrolled: tuple[str, list[str]], moment: Moment
) -> None:
    _, codes = enrolled
    make_person("citizen")
    set_up(give_password("citizen"), moment, password=PASSWORD)
    assert give_password("citizen").post(CODE, {"code": codes[0]}).status_code == 200
    assert give_password("officer").post(CODE, {"code": codes[0].lower()}).status_code == 302
    assert give_password("officer").post(CODE, {"code": codes[0]}).status_code == 200


def test_codes_are_not_guessed(enrolled: tuple[str, list[str]], moment: Moment, clock: GuessClock) -> None:
    secret, _ = enrolled
    client = give_password("officer")
    answers = [client.post(CODE, {"code": "000000"}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert client.post(CODE, {"code": moment.next(secret)})["Retry-After"] == "2"
    clock.pass_time(2)
    assert client.post(CODE, {"code": moment.next(secret)}).status_code == 302


def test_the_time_between_password_and_code_is_short(enrolled: tuple[str, list[str]], moment: Moment) -> None:
    secret, _ = enrolled
    client = give_password("officer")
    moment.seconds += 901
    assert client.post(CODE, {"code": moment.code(secret)}, follow=True).redirect_chain[-1][0] == SIGN_IN
    assert not is_in(client)


def test_a_password_that_was_changed_meanwhile_counts_no_more(
    enrolled: tuple[str, list[str]], moment: Moment
) -> None:
    secret, _ = enrolled
    client = give_password("officer")
    person = User.objects.get(username="officer")
    person.set_password("an even longer passphrase")
    person.save()
    client.post(CODE, {"code": moment.next(secret)})
    assert not is_in(client)


def test_setting_up_asks_for_the_password_ends_other_sessions_and_keeps_no_readable_key(
    moment: Moment,
) -> None:
    make_person("officer")
    here, there = give_password("officer"), give_password("officer")
    page = here.get(SETUP).content.decode()
    assert 'src="data:image/svg+xml' in page
    assert 'name="password"' in page
    secret, codes = set_up(here, moment, password=PASSWORD)
    assert (is_in(here), is_in(there)) == (True, False)
    kept = " ".join(SecondFactor.objects.values_list("secret", flat=True))
    for readable in (secret, *codes, *(code.replace("-", "") for code in codes)):
        assert readable not in kept


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ({"password": "wrong"}, "密码不正确"),
        ({"password": PASSWORD, "code": "000000"}, "验证码不正确"),
        ({"password": PASSWORD, "key": "x:y:z"}, "页面已过期"),
    ],
)
def test_what_is_wrong_with_the_form_is_said(moment: Moment, words: dict[str, str], sentence: str) -> None:
    make_person("officer")
    client = give_password("officer")
    key = re.search(r'name="key" value="([^"]+)"', client.get(SETUP).content.decode())
    assert key
    page = client.post(SETUP, {"key": key[1], "code": "000000", **words})
    assert sentence in page.content.decode()
    assert not SecondFactor.objects.exists()


def test_another_s_key_is_of_no_use(moment: Moment) -> None:
    make_person("officer")
    make_person("citizen")
    page = give_password("citizen").get(SETUP).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    shown = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert key
    assert shown
    sent = {"key": key[1], "code": moment.code(shown[1].replace(" ", "")), "password": PASSWORD}
    assert "页面已过期" in give_password("officer").post(SETUP, sent).content.decode()


def test_who_need_not_have_one_takes_it_away_with_the_password(
    enrolled: tuple[str, list[str]], moment: Moment
) -> None:
    secret, _ = enrolled
    client = give_password("officer")
    assert client.post(REMOVAL, {"password": PASSWORD})["Location"] == SETUP, "not before the code"
    client.post(CODE, {"code": moment.next(secret)})
    assert client.post(REMOVAL, {"password": "wrong"}).status_code == 200
    assert client.post(REMOVAL, {"password": PASSWORD})["Location"] == "/accounts/me/"
    assert is_in(give_password("officer"))


def test_who_must_have_one_keeps_it(production: None, moment: Moment) -> None:
    make_person("administrator")
    client = give_password("administrator")
    set_up(client, moment)
    assert client.post(REMOVAL, {"password": PASSWORD})["Location"] == SETUP
    assert SecondFactor.objects.exists()


def test_a_session_from_before_one_had_to_have_it_opens_no_door(
    production: None, moment: Moment, district: SmallDistrict
) -> None:
    """Every address answers it as it answers a stranger, until the sign-in is done with both."""
    client, stranger = client_of("administrator"), client_of("public")
    for template in ADDRESSES:
        address = template.format(*["1"] * template.count("{}"))
        found, expected = client.get(address), stranger.get(address)
        assert found.status_code == expected.status_code, address
        assert found.get("Location") == expected.get("Location"), address
    key = client.cookies["sessionid"].value
    assert session_viewer(key).viewer == PUBLIC_VIEWER
    set_up(give_password("administrator", client=client), moment)
    for address in ("/admin/", "/imports/", "/operations/"):
        assert client.get(address).status_code == 200, address
    assert session_viewer(client.cookies["sessionid"].value).viewer.audience == Audience.RESTRICTED


def test_who_becomes_an_administrator_proves_it_first(production: None, moment: Moment) -> None:
    person = make_person("citizen")
    client = give_password("citizen")
    assert is_in(client)
    person.role = Role.ADMINISTRATOR
    person.save()
    assert not is_in(client)
    assert client.get("/imports/")["Location"] == f"{SIGN_IN}?next=/imports/"


def test_with_another_signing_key_no_code_is_right(
    enrolled: tuple[str, list[str]], moment: Moment, settings: Any
) -> None:
    secret, codes = enrolled
    settings.SECRET_KEY = "another"
    client = give_password("officer")
    for code in (moment.next(secret), codes[0]):
        answer = client.post(CODE, {"code": code})
        assert answer.status_code == 200
        assert 'role="alert"' in answer.content.decode()
    assert not is_in(client)


def test_an_administrator_helps_who_lost_everything(enrolled: tuple[str, list[str]]) -> None:
    person, client = User.objects.get(username="officer"), client_of("administrator")
    address = f"/admin/accounts/user/{person.pk}/second-factor-removal/"
    assert address in client.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()
    assert client.get(address).status_code == 405
    assert client_of("citizen").post(address).status_code == 302
    assert SecondFactor.objects.exists()
    assert client.post(address).status_code == 302
    assert is_in(give_password("officer"))


@pytest.mark.parametrize(
    ("duty", "bound"),
    [
        ("nobody", set()),
        ("administrators", {"administrator"}),
        ("departments", {"administrator", "officer", "planner"}),
    ],
)
def test_the_district_says_who_must_have_one(settings: Any, duty: str, bound: set[str]) -> None:
    settings.SECOND_FACTOR = duty
    roles = ("citizen", "officer", "planner", "administrator")
    assert {role for role in roles if is_required(make_person(role))} == bound


def test_what_the_district_says_is_one_of_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPORTAL_SECOND_FACTOR", "everybody")
    with pytest.raises(ImproperlyConfigured, match="GEOPORTAL_SECOND_FACTOR"):
        environment.choice("GEOPORTAL_SECOND_FACTOR", ("nobody",))


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "备用码"), ("en", "recovery codes")])
def test_the_pages_speak_both_languages(enrolled: tuple[str, list[str]], language: str, words: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    give_password("officer", client=client)
    page = client.get(CODE)
    assert words in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert Session.objects.filter(user=None).count() == 1
