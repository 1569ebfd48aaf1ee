"""Work on what strangers sent, in processes of its own with limits of time, memory and files.

Each does one thing and ends; none outlives who asked for it.
"""

import atexit
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.utils.translation import get_language, gettext

from layers.errors import Unavailable

from . import server
from .limits import Limits, TooCostly
from .server import ENDED, FAULT, Work

ROOT = Path(__file__).parent.parent.parent
AT_ONCE = 2
PASSED_ON = ("PATH", "LANG", "LC_ALL", "TMPDIR", "HOME", "XDG_CACHE_HOME", "PROJ_DATA", "GDAL_DATA")
"""Of the environment; our secrets are none of it."""

P = ParamSpec("P")
R = TypeVar("R")

_preloaded: list[str] = []
_turns = threading.BoundedSemaphore(AT_ONCE)


def preload(module: str) -> None:
    """Have the server read a module that needs no database, if it has not begun; a copy of it need not."""
    if module not in _preloaded:
        _preloaded.append(module)


def run_limited(limits: Limits, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What the function returns or raises; TooCostly where its process had to be ended."""
    with _turn(limits.seconds), _begun(Work(limits, _language(), False, function, args, kwargs)) as answers:
        if not answers.poll(limits.seconds):
            raise TooCostly
        found: R = next(_received(answers))
        return found


def values_limited(limits: Limits, function: Callable[..., Iterator[R]], *args: Any) -> Generator[R]:
    """What the function yields or raises; as :func:`run_limited`, but nobody is hurried who reads."""
    with _begun(Work(limits, _language(), True, function, args)) as answers:
        yield from _received(answers)


@contextmanager
def _turn(seconds: int) -> Iterator[None]:
    if not _turns.acquire(timeout=seconds):
        raise Unavailable(gettext("Others are being worked for at the moment; try again soon."))
    try:
        yield
    finally:
        _turns.release()


def _received(answers: "Connection[Work, Any]") -> Generator[Any]:
    try:
        while (answer := answers.recv())[0] != ENDED:
            kind, value = answer
            if kind == FAULT:
                raise value
            yield value
    except (EOFError, ConnectionError) as problem:
        raise TooCostly from problem


@contextmanager
def _begun(work: Work) -> Iterator["Connection[Work, Any]"]:
    """The connection by which the work answers; it ends with the block."""
    ours, theirs = socket.socketpair()
    with theirs:
        handle = _copy(theirs)
    try:
        with Connection(ours.detach()) as answers:
            with suppress(ConnectionError):
                answers.send(work)
            yield answers
    finally:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        select.select([handle], [], [])
        os.close(handle)


def _copy(theirs: socket.socket) -> int:
    if server.copied:
        return server.begin_copy(theirs.fileno(), others=[])
    with _servers_lock:
        try:
            return _ask(theirs)
        except ConnectionError:
            _servers.clear()  # it was ended by somebody else
            return _ask(theirs)


def _ask(theirs: socket.socket) -> int:
    asked = _server()
    socket.send_fds(asked, [b"!"], [theirs.fileno()])
    _sign, sent, _flags, _address = socket.recv_fds(asked, 1, 1)
    if not sent:
        raise ConnectionResetError
    return sent[0]


_servers_lock = threading.Lock()
_servers: list[socket.socket] = []


def _server() -> socket.socket:
    if not _servers:
        ours, theirs = socket.socketpair()
        said: dict[str, object] = {}
        if _is_set_up():
            said = {
                "LOCALE_PATHS": [str(path) for path in settings.LOCALE_PATHS],
                "TIME_ZONE": settings.TIME_ZONE,
            }
        with theirs:
            begun = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "layers.child_process.server",
                    json.dumps({"preloaded": _preloaded, "said": said}),
                ],
                stdin=theirs.fileno(),
                env={"PYTHONPATH": str(ROOT)}
                | {name: os.environ[name] for name in PASSED_ON if name in os.environ},
                cwd="/",
            )
        threading.Thread(target=begun.wait, daemon=True).start()
        _servers.append(ours)
    return _servers[0]


def _forget_server() -> None:
    """In a copy of this process, whose server is another's, and at its end."""
    global _servers_lock, _turns
    while _servers:
        _servers.pop().close()
    _servers_lock, _turns = threading.Lock(), threading.BoundedSemaphore(AT_ONCE)


os.register_at_fork(after_in_child=_forget_server)
atexit.register(_forget_server)


def _is_set_up() -> bool:
    return settings.configured or "DJANGO_SETTINGS_MODULE" in os.environ


def _language() -> str:
    return (get_language() if _is_set_up() else None) or "en"
