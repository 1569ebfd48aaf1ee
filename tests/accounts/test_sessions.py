"""Where somebody is signed in, how they end it there, and that it ends when nobody uses it."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client

from geoportal.accounts.models import Session, User
from geoportal.accounts.session_list import device_name
from geoportal.accounts.sessions import session_viewer
from layers.agencies.models import Department, Officer
from layers.registry.audience import PUBLIC_VIEWER
from tests.district import SmallDistrict
from tests.people import PASSWORD, make_person

pytestmark = pytest.mark.django_db
SIGN_IN, PAGE = "/accounts/sign-in/", "/accounts/sessions/"
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0"
PHONE = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"


def signed_in(
    name: str = "officer", browser: str = DESK, address: str = "192.0.2.10", **words: str
) -> Client:
    client = Client(REMOTE_ADDR=address, headers={"user-agent": browser, "accept": "text/html"})
    sent = {"username": name, "password": PASSWORD, **words}
    assert client.post(SIGN_IN, sent).status_code == 302
    return client


def listed(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(PAGE, headers={"accept": "application/json"}).json()["sessions"]
    return found


def is_in(client: Client) -> bool:
    return client.get("/accounts/me/").status_code == 200


def pass_time(**words: float) -> None:
    back = timedelta(**words)
    Session.objects.update(expire_date=F("expire_date") - back, seen_at=F("seen_at") - back)


@pytest.fixture
def officer() -> User:
    return make_person("officer")


def test_the_page_tells_device_address_and_times_of_each(officer: User) -> None:
    make_person("citizen")
    desk, phone = signed_in(), signed_in(browser=PHONE, address="2001:db8::5")
    signed_in("citizen")
    shown = listed(desk)
    assert [(each["device"], each["address"], each["is_this"]) for each in shown] == [
        ("Chrome · Android", "2001:db8::5", False),
        ("Edge · Windows", "192.0.2.10", True),
    ]
    assert all(each["begun"] and each["seen"] for each in shown)
    assert [each["is_this"] for each in listed(phone)] == [True, False]


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "在其他设备上退出"), ("en", "Sign out everywhere else")]
)
def test_it_is_a_page_in_both_languages_that_tells_no_session_s_key(
    officer: User, language: str, words: str
) -> None:
    desk, phone = signed_in(), signed_in(browser=PHONE)
    desk.cookies["django_language"] = language
    page = desk.get(PAGE)
    assert page["Cache-Control"] == "private, no-store"
    assert words in page.content.decode()
    assert phone.cookies["sessionid"].value not in page.content.decode()


def test_one_is_ended_or_all_others(officer: User) -> None:
    here, there, elsewhere = (signed_in() for _ in range(3))
    ended = next(each["id"] for each in listed(there) if each["is_this"])
    assert here.post(PAGE, {"session": ended})["Location"] == PAGE
    assert (is_in(here), is_in(there), is_in(elsewhere)) == (True, False, True)
    here.post(PAGE, {"session": "others"})
    assert "已退出该处登录" in here.get(PAGE).content.decode()
    assert (is_in(here), is_in(elsewhere)) == (True, False)


def test_nobody_ends_the_sessions_of_others(officer: User) -> None:
    make_person("citizen")
    own, stranger = signed_in(), signed_in("citizen")
    key = next(each["id"] for each in listed(own))
    for named in (key, "others", "", "x" * 999):
        stranger.post(PAGE, {"session": named})
    assert is_in(own)
    assert is_in(stranger)
    assert Client().get(PAGE)["Location"] == f"{SIGN_IN}?next={PAGE}"


def test_who_does_nothing_is_signed_out_after_the_time_that_is_set(officer: User) -> None:
    client = signed_in()
    pass_time(seconds=settings.SESSION_COOKIE_AGE - 60)
    assert is_in(client)
    pass_time(seconds=settings.SESSION_COOKIE_AGE - 60)
    assert is_in(client), "its use put the end off"
    key = client.cookies["sessionid"].value
    pass_time(seconds=settings.SESSION_COOKIE_AGE + 60)
    assert not is_in(client)
    assert session_viewer(key).viewer == PUBLIC_VIEWER


def test_use_is_noted_every_few_minutes_and_overwrites_nothing(
    officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "SESSION_COOKIE_PATH", "/geo/")
    client = signed_in()
    assert {each["path"] for each in client.cookies.values() if each["httponly"]} == {"/geo/"}
    first = Session.objects.get()
    client.get("/accounts/me/")
    assert Session.objects.get().seen_at == first.seen_at
    pass_time(minutes=6)
    cookie = client.get("/accounts/me/").cookies["sessionid"]
    assert (cookie["path"], cookie["max-age"]) == ("/geo/", settings.SESSION_COOKIE_AGE)
    after = Session.objects.get()
    assert after.seen_at > first.seen_at - timedelta(minutes=1)
    assert (after.session_data, after.begun_at) == (first.session_data, first.begun_at)


def test_an_ended_session_is_not_revived_by_a_page_under_way(officer: User) -> None:
    client = signed_in()
    key = client.cookies["sessionid"].value
    Session.objects.all().delete()
    client.get("/")
    assert not Session.objects.filter(session_key=key).exists()


@pytest.mark.parametrize(
    ("browser", "following", "is_phone"),
    [(PHONE, "", True), (DESK, "/field/", True), (DESK, "/cases/inbox/", False)],
)
def test_an_officer_s_phone_stays_signed_in_for_longer(
    district: SmallDistrict, officer: User, browser: str, following: str, *, is_phone: bool
) -> None:
    officer.officer = Officer.objects.create(
        code="U9", name="周某", department=Department.objects.get(code="UM")
    )
    officer.save()
    client = signed_in(browser=browser, next=following)
    pass_time(seconds=settings.SESSION_COOKIE_AGE + 60)
    assert is_in(client) == is_phone
    pass_time(seconds=settings.PHONE_IDLE_SECONDS + 60)
    assert not is_in(client)


def test_a_citizen_s_phone_is_nothing_special(officer: User) -> None:
    client = signed_in(browser=PHONE, next="/field/")
    pass_time(seconds=settings.SESSION_COOKIE_AGE + 60)
    assert not is_in(client)


def test_a_changed_password_leaves_no_other_session(officer: User) -> None:
    here, _there = signed_in(), signed_in()
    new = {"new_password1": "an even longer passphrase", "new_password2": "an even longer passphrase"}
    assert here.post("/accounts/password/", {"old_password": PASSWORD, **new}).status_code == 302
    assert [each["is_this"] for each in listed(here)] == [True]
    officer.set_password("another passphrase by the administrator")
    officer.last_login = Session.objects.get().begun_at
    officer.save()
    assert not Session.objects.filter(user=officer).exists()


def test_what_is_over_is_forgotten_when_somebody_signs_in(officer: User) -> None:
    signed_in()
    pass_time(seconds=settings.SESSION_COOKIE_AGE + 60)
    signed_in()
    assert Session.objects.count() == 1


@pytest.mark.parametrize(
    ("browser", "name"),
    [
        (DESK, "Edge · Windows"),
        (PHONE, "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile/15E Safari/604.1", "Safari · iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox · Linux"),
        ("curl/8.0", "未知浏览器"),
    ],
)
def test_browsers_have_the_names_that_people_know(browser: str, name: str) -> None:
    assert device_name(browser) == name
