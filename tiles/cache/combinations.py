"""How many sets of several layers tiles are kept of: there are more than a disk could hold, and anybody may ask for any."""

import os
import threading
from contextvars import ContextVar
from pathlib import Path

MOST = 100
"""In a part of the cache."""
MOST_OF_ONE = 10
"""Asked for first by one client, of this process."""
MOST_CLIENTS = 10_000

asker: ContextVar[str] = ContextVar("asker", default="")
"""The address of the client for whom this thread works, "" where it is none."""

_lock = threading.Lock()
_begun: dict[str, set[str]] = {}
"""By client, the names of the sets of which it made the portal keep the first tile."""


def is_one_too_many(folder: Path) -> bool:
    """Whether it is of a further set of layers where there are as many as are kept, or as one client may bring about."""
    if "," not in folder.name or folder.is_dir():
        return False
    return _is_full(folder.parent) or not _begin(folder.name, asker.get())


def _is_full(part: Path) -> bool:
    try:
        return sum("," in entry.name for entry in os.scandir(part)) >= MOST
    except FileNotFoundError:
        return False


def _begin(names: str, client: str) -> bool:
    if not client:
        return True
    with _lock:
        if client not in _begun and len(_begun) >= MOST_CLIENTS:
            _begun.pop(next(iter(_begun)))  # the first that came
        begun = _begun.setdefault(client, set())
        if names not in begun and len(begun) >= MOST_OF_ONE:
            return False
        begun.add(names)
        return True
