"""How far a long step is, shown by whoever has somebody to show it to."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

Progress = Callable[[str, int | None], AbstractContextManager[Callable[[int], None]]]
"""What it is and how many rows there are give a function that is called with the number of rows done since."""


def no_progress(label: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
    return nullcontext(lambda rows: None)
