"""Work on what strangers sent, in processes of its own with limits of time, memory and files.

They begin as copies of a server that has read the modules it needs and does nothing else, one ahead of who asks;
each does one thing and ends. They end with the process that asked.
"""

import multiprocessing
import os
import resource
import select
import signal
import threading
from collections.abc import Callable
from concurrent.futures import TimeoutError
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from django.utils.translation import gettext
from pebble import ProcessExpired, ProcessPool

from .errors import InvalidInput

AT_ONCE = 2
MOST_OPEN_FILES = 128
MOST_WRITTEN = 1024**3  # bytes of a file

_preloaded = ["layers.child_process"]

P = ParamSpec("P")
R = TypeVar("R")


class TooCostly(InvalidInput):
    """It took more time or memory than there is for one."""

    def __init__(self) -> None:
        super().__init__(gettext("This takes more time or memory than there is for one; make it smaller."))


@dataclass(frozen=True)
class Limits:
    """Of one piece of work; ``megabytes`` beside what its process holds when it begins."""

    seconds: int = 30
    megabytes: int = 512


def preload(module: str) -> None:
    """Have the server read a module that needs no database, if it has not begun; a copy of it need not."""
    if module not in _preloaded:
        _preloaded.append(module)


def run_limited(limits: Limits, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What the function returns or raises; TooCostly where its process had to be ended."""
    done = _pool().schedule(_limited, args=[limits, function, args, kwargs], timeout=limits.seconds)
    try:
        found: R = done.result()
        return found
    except (TimeoutError, ProcessExpired, MemoryError) as problem:
        raise TooCostly from problem


def _limited(limits: Limits, function: Callable[..., R], args: Any, kwargs: Any) -> R:
    with open("/proc/self/statm") as pages:
        held = int(pages.read().split()[0]) * resource.getpagesize()
    most = held + limits.megabytes * 1024**2
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    spent = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(spent.ru_utime + spent.ru_stime) + limits.seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    return function(*args, **kwargs)


def _begin(asker: int) -> None:
    """Of every process, before there is anything to do."""
    threading.Thread(target=_end_with, args=[asker], daemon=True).start()
    for limit, most in (
        (resource.RLIMIT_NOFILE, MOST_OPEN_FILES),
        (resource.RLIMIT_FSIZE, MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def _end_with(asker: int) -> None:
    try:
        select.select([os.pidfd_open(asker)], [], [])
    finally:
        os._exit(1)


_lock = threading.Lock()
_pools: dict[int, ProcessPool] = {}
"""By process: a copy of one has no threads to hand work on."""


def _pool() -> ProcessPool:
    with _lock:
        pid = os.getpid()
        if pid not in _pools:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload(_preloaded)
            _pools[pid] = ProcessPool(
                AT_ONCE, max_tasks=1, initializer=_begin, initargs=[pid], context=context
            )
        return _pools[pid]
