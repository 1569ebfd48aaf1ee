"""Text in both languages of the portal, chosen when it is shown."""

import re
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import get_language

if TYPE_CHECKING:
    _Lazy = str  # to a type checker it is the text it stands for
else:
    _Lazy = Promise

HAN = re.compile("[\u4e00-\u9fff]")


class Text(_Lazy):
    """A Chinese and an English wording; ``str()`` gives the active language's."""

    zh: str
    en: str

    def __init__(self, zh: str, en: str) -> None:
        self.zh = zh
        self.en = en

    def __str__(self) -> str:
        return self.zh if (get_language() or "en").startswith("zh") else self.en

    def __repr__(self) -> str:
        return f"Text({self.zh!r}, {self.en!r})"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Text):
            return (self.zh, self.en) == (other.zh, other.en)
        return str(self) == other

    def __hash__(self) -> int:
        return hash(str(self))

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Whatever else a text can do, such as ``lower()``, on the active language's wording."""
            if name.startswith("__") or name in {"zh", "en"}:
                raise AttributeError(name)
            return getattr(str(self), name)

    def __html__(self) -> str:
        return escape(str(self))

    def __mod__(self, values: Any) -> str:
        return str(str(self) % values)

    def __add__(self, other: str) -> str:
        return str(self) + str(other)

    def __radd__(self, other: str) -> str:
        return str(other) + str(self)


def one_language(text: str) -> str:
    """Of a text that holds both, Chinese before a slash and English behind it, what the active language reads."""
    zh, _, en = text.partition(" / ")
    if not en or not HAN.search(zh) or HAN.search(en):
        return text
    return str(Text(zh, en))
