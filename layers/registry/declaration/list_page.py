"""The page that lists a layer's features, the pages of its features below, and its place in the navigation."""

from dataclasses import dataclass

from ..audience import Audience
from ..text import Text


@dataclass(frozen=True)
class Navigation:
    """An entry of the portal's main navigation, for viewers from ``audience`` up; the lowest ``order`` stands first."""

    title: Text
    order: int
    audience: Audience = Audience.PUBLIC


@dataclass(frozen=True)
class ListPage:
    """``path`` is where the portal serves it, such as ``food/``; a feature's page is at its number below.

    ``columns`` and ``filters`` are names of attributes, filters of those with a code list; ``order`` are names of
    attributes, as in a query set with ``-`` before one that falls. ``note`` stands at the end of a feature's page.
    """

    path: str
    columns: tuple[str, ...]
    filters: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    title: Text | None = None
    note: Text | None = None
    navigation: Navigation | None = None
