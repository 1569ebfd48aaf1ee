"""Waiting for conditions, never for time; patient, for the machine may have much else to do."""

import time
from collections.abc import Callable

PATIENCE = 180  # seconds


def eventually(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "it did not come true in time"
        time.sleep(0.05)
