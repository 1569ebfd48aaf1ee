"""Who waits for work: a request of a browser, with which its processes end as soon as it has left."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol

from .limits import too_costly


class Endable(Protocol):
    def end(self) -> None: ...


class Asker:
    """Entered for a request; :meth:`leave` is called from elsewhere."""

    def __init__(self) -> None:
        self._works: list[Endable] = []
        self._has_left = False
        self._lock = threading.Lock()

    def leave(self) -> None:
        """What works for it ends, and nothing more begins."""
        with self._lock:
            self._has_left = True
            for each in self._works:
                each.end()

    def wait(self, work: Endable) -> None:
        with self._lock:
            if self._has_left:
                raise too_costly()
            self._works.append(work)

    def forget(self, work: Endable) -> None:
        with self._lock:
            self._works.remove(work)


asker: ContextVar[Asker | None] = ContextVar("asker", default=None)


@contextmanager
def awaited(work: Endable) -> Iterator[None]:
    """By whoever asks here; work of nobody who could leave goes on."""
    found = asker.get()
    if found is None:
        yield
        return
    found.wait(work)
    try:
        yield
    finally:
        found.forget(work)
