"""Processes that the portal begins and does not wait for."""

import time

import psutil

PATIENCE = 60  # seconds


def await_jobs(command: str) -> int:
    """How many of a command of manage.py were running; none is left, not even as a number that is taken."""
    pids = [child.pid for child in psutil.Process().children() if command in child.cmdline()]
    until = time.monotonic() + PATIENCE
    while any(map(psutil.pid_exists, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    return len(pids)
