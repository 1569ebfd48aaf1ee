"""The worker's sign of life: while it is fresh, kept tiles are true without asking."""

import time

from .paths import heartbeat_file

INTERVAL = 2.0  # seconds between two signs
TIMEOUT = 6.0  # seconds after which nobody relies on the worker
LOOK_INTERVAL = 0.5  # seconds between two looks of a process that is busy


def beat() -> None:
    heartbeat_file().touch()


def age() -> float:
    """Seconds since the last sign; infinite when there was none."""
    try:
        return max(0.0, time.time() - heartbeat_file().stat().st_mtime)
    except OSError:
        return float("inf")


def is_worker_alive() -> bool:
    return age() < TIMEOUT


class Watch:
    """The worker's sign of life, looked for only now and then."""

    def __init__(self) -> None:
        self._alive, self._looked = False, float("-inf")

    def is_worker_alive(self) -> bool:
        now = time.monotonic()
        if now - self._looked > LOOK_INTERVAL:
            self._alive, self._looked = is_worker_alive(), now
        return self._alive
