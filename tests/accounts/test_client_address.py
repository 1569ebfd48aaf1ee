"""Whose guesses are counted together: those of one client, whatever proxy stands between and whatever it claims."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import RequestFactory

from geoportal import environment
from geoportal.accounts.client_address import client_address, host_of, network_of

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


@pytest.mark.parametrize(
    ("address", "host", "network"),
    [
        ("198.51.100.9", "198.51.100.9/32", "198.51.100.0/24"),
        ("2001:db8:1:234::5", "2001:db8:1:234::/64", "2001:db8:1:200::/56"),
        ("", "", ""),
    ],
)
def test_an_address_lies_in_a_network(address: str, host: str, network: str) -> None:
    assert (host_of(address), network_of(address)) == (host, network)


def test_networks_are_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEOPORTAL_TRUSTED_PROXIES", "10.0.0.300")
    with pytest.raises(ImproperlyConfigured, match="GEOPORTAL_TRUSTED_PROXIES"):
        environment.networks("GEOPORTAL_TRUSTED_PROXIES")
