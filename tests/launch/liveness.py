"""Whether processes are really gone."""

import time
from collections.abc import Iterable
from pathlib import Path


def left_alive(pids: Iterable[int], seconds: float) -> list[int]:
    """Those of the processes that still run after at most this wait."""
    until = time.monotonic() + seconds
    while (left := [pid for pid in pids if is_alive(pid)]) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def is_alive(pid: int) -> bool:
    """A zombie is not: it only waits for its adoptive parent to look."""
    try:
        return ") Z" not in Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
