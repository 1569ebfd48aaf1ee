"""Guesses at passwords: who guesses waits longer and longer, and nobody can lock somebody else out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from geoportal.accounts.models import Throttle
from geoportal.accounts.throttle.rules import ALLOWANCES, Scope
from tests.guess_clock import GuessClock, clock
from tests.people import PASSWORD, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
__all__ = ["clock"]
SIGN_IN = "/accounts/sign-in/"
HOME, ABROAD = "192.0.2.10", "198.51.100.9"


def sign_in(password: str, address: str, name: str = "officer", client: Client | None = None) -> Any:
    sent = {"username": name, "password": password, "next": "/field/"}
    return (client or Client()).post(SIGN_IN, sent, REMOTE_ADDR=address)


def guess(
    clock: GuessClock,
    count: int,
    address: str | Callable[[int], str],
    name: str | Callable[[int], str] = "officer",
) -> None:
    """As often as that, waiting each time as long as it is asked."""
    for number in range(count):
        where = address if isinstance(address, str) else address(number)
        who = name if isinstance(name, str) else name(number)
        while (refused := sign_in("wrong", where, who)).status_code == 429:
            clock.pass_time(int(refused["Retry-After"]))


def anywhere(number: int) -> str:
    return f"203.{number // 250}.{number % 250}.1"


@pytest.mark.parametrize("scope", list(Scope))
def test_waits_grow_to_an_end(scope: Scope) -> None:
    allowance = ALLOWANCES[scope]
    waits = [allowance.wait(number) for number in range(200)]
    assert waits[: allowance.free] == [0.0] * allowance.free
    assert waits[allowance.free] == allowance.first
    assert all(earlier <= later for earlier, later in pairwise(waits))
    assert waits[-1] == allowance.longest


def test_who_guesses_waits_and_the_right_password_works_after_it(clock: GuessClock) -> None:
    make_person("officer")
    guess(clock, 5, HOME)
    refused = sign_in(PASSWORD, HOME)
    assert (refused.status_code, refused["Retry-After"]) == (429, "2")
    clock.pass_time(2)
    assert sign_in("wrong", HOME).status_code == 200
    assert sign_in(PASSWORD, HOME)["Retry-After"] == "4"
    clock.pass_time(4)
    assert sign_in(PASSWORD, HOME).status_code == 302
    assert sign_in("wrong", HOME).status_code == 200, "what was right begins anew"


@pytest.mark.parametrize(("language", "sentence"), [("zh-hans", "秒后"), ("en", "in 2 seconds")])
def test_the_page_says_when_to_try_again_and_keeps_what_was_typed(
    language: str, sentence: str, clock: GuessClock
) -> None:
    guess(clock, 5, HOME, "somebody")
    page = sign_in("x", HOME, "somebody", Client(headers={"accept-language": language})).content.decode()
    assert sentence in page
    assert 'value="somebody"' in page
    assert 'value="/field/"' in page
    program = Client(headers={"accept": "application/json"})
    assert sign_in("x", HOME, "somebody", program).json()["seconds"] == 2


def test_guesses_from_elsewhere_do_not_hold_up_the_owner(clock: GuessClock) -> None:
    make_person("officer")
    guess(clock, 19, ABROAD)
    assert sign_in(PASSWORD, HOME).status_code == 302


def test_many_addresses_wait_too_and_the_owner_s_turn_is_taken_by_nobody(clock: GuessClock) -> None:
    make_person("officer")
    guess(clock, 30, anywhere)
    refused = sign_in(PASSWORD, HOME)
    assert (refused.status_code, refused["Retry-After"]) == (429, "4")
    assert sign_in("wrong", anywhere(100)).status_code == 429
    for number in range(3):
        clock.pass_time(2)
        guess(clock, 1, anywhere(200 + number))
    assert sign_in(PASSWORD, HOME).status_code == 302


def test_a_turn_is_for_one_guess_and_does_not_last(clock: GuessClock) -> None:
    make_person("officer")
    guess(clock, 30, anywhere)
    assert sign_in("wrong", HOME).status_code == 429
    clock.pass_time(5)
    assert sign_in("wrong", HOME).status_code == 200
    assert sign_in(PASSWORD, HOME).status_code == 429
    clock.pass_time(2 * 3600)
    assert sign_in(PASSWORD, HOME).status_code == 429


def test_a_browser_that_knows_the_account_waits_for_nobody_else(clock: GuessClock) -> None:
    make_person("officer")
    own = Client()
    assert sign_in(PASSWORD, HOME, client=own).status_code == 302
    own.post("/accounts/sign-out/")
    guess(clock, 30, anywhere)
    guess(clock, 25, HOME, lambda number: f"other{number}")
    assert sign_in(PASSWORD, HOME).status_code == 429
    assert sign_in(PASSWORD, HOME, client=own).status_code == 302


def test_a_browser_that_knows_the_account_guesses_no_better() -> None:
    make_person("officer")
    own = Client()
    sign_in(PASSWORD, HOME, client=own)
    own.post("/accounts/sign-out/")
    answers = [sign_in("wrong", anywhere(number), client=own).status_code for number in range(6)]
    assert answers == [200] * 5 + [429]


def test_a_forged_cookie_makes_no_known_browser(clock: GuessClock) -> None:
    make_person("officer")
    guess(clock, 5, HOME)
    stranger = Client()
    stranger.cookies["device"] = "eyJkZXZpY2UiOiAieCJ9:1abcde:forged"
    assert sign_in(PASSWORD, HOME, client=stranger).status_code == 429


def test_one_address_with_many_names_is_slowed() -> None:
    for number in range(20):
        assert sign_in("wrong", HOME, f"name{number}").status_code == 200
    assert sign_in("wrong", HOME, "another").status_code == 429
    assert sign_in("wrong", "192.0.2.11", "another").status_code == 200


def test_one_network_with_many_addresses_and_names_is_slowed() -> None:
    for number in range(60):
        assert sign_in("wrong", f"192.0.2.{number}", f"name{number}").status_code == 200
    assert sign_in("wrong", "192.0.2.99", "another").status_code == 429
    assert sign_in("wrong", ABROAD, "another").status_code == 200


def test_an_own_account_does_not_buy_guesses_at_others(clock: GuessClock) -> None:
    make_person("officer")
    for number in range(20):
        sign_in("wrong", HOME, f"name{number}")
    clock.pass_time(2)
    assert sign_in(PASSWORD, HOME).status_code == 302
    assert sign_in("wrong", HOME, "another").status_code == 429


def test_behind_a_trusted_proxy_each_client_counts_for_itself(settings: Any) -> None:
    from ipaddress import ip_network

    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/24")]
    make_person("officer")

    def through_proxy(password: str, claimed: str, name: str = "officer") -> int:
        sent = {"username": name, "password": password}
        headers = {"x-forwarded-for": claimed}
        return Client().post(SIGN_IN, sent, REMOTE_ADDR="10.0.0.7", headers=headers).status_code

    answers = [
        through_proxy("wrong", f"203.0.113.{number}, 198.51.100.9", f"name{number}") for number in range(21)
    ]
    assert answers == [200] * 20 + [429], "another claim makes no other client"
    assert through_proxy(PASSWORD, ABROAD) == 429
    assert through_proxy(PASSWORD, HOME) == 302


def test_guesses_are_forgotten_after_a_day(clock: GuessClock) -> None:
    make_person("officer")
    guess(clock, 8, HOME)
    clock.pass_time(24 * 3600 + 1)
    assert [sign_in("wrong", HOME).status_code for _ in range(5)] == [200] * 5
    clock.pass_time(24 * 3600 + 1)
    sign_in(PASSWORD, ABROAD)
    assert not Throttle.objects.filter(failures=5).exists()


@pytest.mark.django_db(transaction=True)
def test_guesses_at_once_are_all_counted() -> None:
    def once(_: int) -> int:
        try:
            return int(sign_in("wrong", HOME).status_code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(once, range(16)))
    assert answers.count(200) == 5
    assert answers.count(429) == 11
