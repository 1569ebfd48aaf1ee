"""Which network address a request comes from, behind proxies too."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

Address = IPv4Address | IPv6Address


def client_address(request: HttpRequest) -> str:
    """The peer, or the nearest hop that no trusted proxy is; what strangers claim of themselves counts for nothing."""
    return nearest_stranger(request.META.get("REMOTE_ADDR", ""), request.META.get("HTTP_X_FORWARDED_FOR", ""))


def nearest_stranger(peer: str, forwarded: str) -> str:
    """As :func:`client_address`, of the peer's address and what X-Forwarded-For says."""
    address, hops = _parsed(peer), forwarded.split(",")
    while address and hops and _is_trusted(address):
        further = _parsed(hops.pop().strip())
        if further is None:
            break
        address = further
    return str(address or "")


def network_of(address: str) -> str:
    """The part of the Internet where the address lies, in which it is one of many; nothing for none."""
    return _network(address, 24, 56)


def host_of(address: str) -> str:
    """What one machine has: an address, or with IPv6 a whole network, from which it takes any."""
    return _network(address, 32, 64)


def _network(address: str, bits: int, bits6: int) -> str:
    length = bits6 if ":" in address else bits
    plain = address.partition("%")[0]  # without the name of our own interface
    return str(ip_network(f"{plain}/{length}", strict=False)) if plain else ""


def _parsed(text: str) -> Address | None:
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _is_trusted(address: Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)
