"""Processes that end with the one that began them."""

import ctypes
import os
import signal

DEATH_OF_PARENT = 1
"""What prctl is asked for: the signal that comes when the thread ends that began the process."""


def end_with(parent: int) -> None:
    """Let this process be killed when the one ends that began it, however that ends."""
    ctypes.CDLL(None).prctl(DEATH_OF_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it ended before its end could be heard of
