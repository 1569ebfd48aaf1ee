"""The worker's sign of life: while it is fresh, kept tiles are true without asking."""

import time

from .paths import heartbeat_file

INTERVAL = 2.0  # seconds between two signs
TIMEOUT = 6.0  # seconds after which nobody relies on the worker


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
