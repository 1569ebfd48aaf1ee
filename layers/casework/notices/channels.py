"""The ways by which notices come to people: registered by what provides them, as families of cases are."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from layers.casework.models import PORTAL, Notice
from layers.registry.text import Text


class NotSent(Exception):
    """A channel could not send; the reason is kept, so it names nobody."""


Outsider = tuple[int, str]
"""Somebody outside: a case by its number, and the role in it."""


@dataclass(frozen=True)
class Channel:
    """``reached`` tells which officers, by number, asked to be told by it, and ``reached_outside`` who outside, by
    numbers of cases and roles; ``send`` tells one of them of notices.

    ``send`` raises NotSent. A channel without it is one where the notice itself is what is read.
    """

    code: str
    title: Text
    reached: Callable[[Collection[int]], Collection[int]]
    send: Callable[[Sequence[Notice]], None] | None = None
    reached_outside: Callable[[Collection[Outsider]], Collection[Outsider]] = lambda outsiders: ()


IN_PORTAL = Channel(PORTAL, Text("门户", "Portal"), reached=lambda officers: officers)
REGISTERED: dict[str, Channel] = {PORTAL: IN_PORTAL}


def register_channel(channel: Channel) -> None:
    known = REGISTERED.setdefault(channel.code, channel)
    if known != channel:
        raise ValueError(f"the channel {channel.code} is registered twice")


def sending_channels() -> list[Channel]:
    return [each for each in REGISTERED.values() if each.send is not None]


def channel_title(code: str) -> str:
    return str(REGISTERED[code].title) if code in REGISTERED else code
