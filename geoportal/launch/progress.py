"""What the terminal shows while the set-up works: numbered steps, their time, the last line of a long command."""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SECONDS_BETWEEN_SIGNS_OF_LIFE = 15


class Steps:
    def __init__(self, total: int) -> None:
        self.total = total
        self.number = 0
        self.live = sys.stdout.isatty()
        self._title = ""
        self._began = self._spoke = time.monotonic()
        self._outcome = "done"

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        self.number += 1
        self._title, self._outcome = title, "done"
        self._began = self._spoke = time.monotonic()
        self._draw(f"{self._head()} …", stay=False)
        try:
            yield
        except BaseException:
            self._draw(f"{self._head()}: not done", stay=True)
            raise
        self._draw(f"{self._head()}: {self._outcome} ({self._elapsed():.1f} s)", stay=True)

    def outcome(self, words: str) -> None:
        """What the step's closing line says instead of "done"."""
        self._outcome = words

    def note(self, line: str) -> None:
        """Shows that a long command lives: its latest line, at once on a terminal, now and then in a log."""
        now = time.monotonic()
        if self.live:
            text = f"{self._head()} … {self._elapsed():.0f} s  {line}"
            self._draw(text[: shutil.get_terminal_size().columns - 1], stay=False)  # a wrapped line stays
        elif now - self._spoke >= SECONDS_BETWEEN_SIGNS_OF_LIFE:
            self._spoke = now
            say(f"        … {self._elapsed():.0f} s  {line[:90]}")

    def _head(self) -> str:
        return f"[{self.number:2}/{self.total}] {self._title}"

    def _elapsed(self) -> float:
        return time.monotonic() - self._began

    def _draw(self, text: str, stay: bool) -> None:
        if self.live:
            say(f"\r\033[K{text}", end="\n" if stay else "")
        elif stay or self._elapsed() < 0.1:
            say(text)


def say(text: str, end: str = "\n") -> None:
    """Prints, unless the terminal is gone: a closed window must not keep processes from being ended."""
    with suppress(OSError):
        print(text, end=end, flush=True)
