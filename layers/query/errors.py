"""What is wrong with a question, said to who asks it; names nothing that they may not see."""

from collections.abc import Iterable
from difflib import get_close_matches

from layers.errors import InvalidInput, TooManyRequests, Unavailable
from layers.registry.text import Text

MOST_NAMES = 12


class InvalidQuery(InvalidInput):
    """The condition cannot be read, or asks for what there is not."""


class TooSlow(Unavailable):
    """It took longer than anybody waits for."""


class TooManyAtOnce(TooManyRequests):
    """The person has as many questions running as one may have."""


def unknown(sentence: Text, name: str, known: Iterable[str]) -> InvalidQuery:
    """``sentence`` holds %(name)s; the names that are nearest to it follow."""
    names = sorted(known)
    near = get_close_matches(name.lower(), names, MOST_NAMES, 0.5) or names[:MOST_NAMES]
    advice = Text("最接近的有：%(names)s。", "The nearest are: %(names)s.") % {"names": ", ".join(near)}
    return InvalidQuery(f"{sentence % {'name': name[:60]}} {advice if near else ''}".strip(), nearest=near)
