"""Whose guesses are counted together: those of one client, whatever proxy stands between and whatever it claims."""

from typing import Any

import pytest
from django.conf import settings as configured
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, RequestFactory

from geoportal import environment
from geoportal.accounts.client_address import client_address
from tests.people import PASSWORD, make_person

SIGN_IN = "/accounts/sign-in/"
PROXY = "10.0.0.7"


@pytest.fixture(autouse=True)
def one_proxy(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPORTAL_TRUSTED_PROXIES", "10.0.0.0/24, fd00::/8")
    settings.TRUSTED_PROXIES = environment.networks("GEOPORTAL_TRUSTED_PROXIES")


@pytest.mark.parametrize(
    ("peer", "claimed", "found"),
    [
        ("192.0.2.1", "", "192.0.2.1"),
        ("192.0.2.1", "198.51.100.9", "192.0.2.1"),  # a stranger may claim anything
        (PROXY, "198.51.100.9", "198.51.100.9"),
        (PROXY, "203.0.113.5, 198.51.100.9", "198.51.100.9"),  # the first was claimed by the client
        (PROXY, "198.51.100.9, 10.0.0.8", "198.51.100.9"),  # through two proxies of ours
        (PROXY, "198.51.100.9, nonsense", PROXY),
        (PROXY, "", PROXY),
        ("fd00::1", "2001:db8::5", "2001:db8::5"),
        ("::ffff:10.0.0.7", "::ffff:198.51.100.9", "198.51.100.9"),
        ("", "198.51.100.9", ""),
    ],
)
def test_the_address_is_that_of_the_nearest_stranger(peer: str, claimed: str, found: str) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=claimed)
    assert client_address(request) == found


@pytest.mark.django_db
def test_one_client_s_guesses_lock_nobody_else_out_behind_the_same_proxy(client: Client) -> None:
    make_person("officer")

    def sign_in(password: str, address: str) -> int:
        sent = {"username": "officer", "password": password}
        return client.post(SIGN_IN, sent, REMOTE_ADDR=PROXY, HTTP_X_FORWARDED_FOR=address).status_code

    for number in range(configured.AXES_FAILURE_LIMIT):
        last = sign_in("wrong", f"203.0.113.{number}, 198.51.100.9")
    assert last == 429, "another claim makes no other client"
    assert sign_in(PASSWORD, "198.51.100.9") == 429
    assert sign_in(PASSWORD, "192.0.2.77") == 302


def test_networks_are_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPORTAL_TRUSTED_PROXIES", "10.0.0.300")
    with pytest.raises(ImproperlyConfigured, match="GEOPORTAL_TRUSTED_PROXIES"):
        environment.networks("GEOPORTAL_TRUSTED_PROXIES")
