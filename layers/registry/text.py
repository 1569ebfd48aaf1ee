"""Text in both languages of the portal, chosen when it is shown."""

from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import get_language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise as _Lazy
else:
    _Lazy = Promise


class Text(_Lazy):
    """A Chinese and an English wording; ``str()`` gives the active language's."""

    def __init__(self, zh: str, en: str) -> None:
        self.__dict__.update(zh=zh, en=en)

    def __str__(self) -> str:
        zh = (get_language() or "en").startswith("zh")
        return str(self.zh if zh else self.en)

    def __repr__(self) -> str:
        return f"Text({self.zh!r}, {self.en!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Text):
            return bool((self.zh, self.en) == (other.zh, other.en))
        return str(self) == other

    def __hash__(self) -> int:
        return hash(str(self))

    def __html__(self) -> str:
        from django.utils.html import escape

        return escape(str(self))

    def __mod__(self, values: object) -> str:
        return str(self) % values

    def __add__(self, other: object) -> str:
        return str(self) + str(other)

    def __radd__(self, other: object) -> str:
        return str(other) + str(self)
