"""Headings of the layer panel: a room uses one of these or declares its own."""

from dataclasses import dataclass

from ..text import Text


@dataclass(frozen=True)
class Group:
    """The lowest ``order`` stands first in the panel and is drawn over those below."""

    name: str
    title: Text
    order: int


SERVICES = Group("services", Text("政务服务", "Public services"), 10)
BASE = Group("base", Text("基础地理", "Base geography"), 70)
