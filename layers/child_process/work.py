"""Work on what strangers sent, in processes of its own with limits of time, memory and files.

Each does one thing and ends; none outlives who asked for it.
"""

import atexit
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.utils.translation import get_language, gettext

from layers.errors import Unavailable

from . import server
from .answers import Forged, receive
from .askers import awaited
from .limits import MEGABYTE, Limits, too_costly
from .server import ENDED, FAULT, Work

ROOT = Path(__file__).parent.parent.parent
AT_ONCE = 2
PATIENCE = 10
"""How often the time that work may take is waited for one of its values: others use the processor too."""
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
    work = Work(limits, _language(), False, function, args, kwargs)
    with _turn(limits.seconds), _begun(work) as begun, begun.ended_after(limits.seconds):
        found: R = next(_received(begun))
        return found


def values_limited(limits: Limits, function: Callable[..., Iterator[R]], *args: Any) -> Generator[R]:
    """What the function yields or raises; as :func:`run_limited`, but nobody is hurried who reads."""
    with _begun(Work(limits, _language(), True, function, args)) as begun:
        yield from _received(begun)


@contextmanager
def _turn(seconds: int) -> Iterator[None]:
    if not _turns.acquire(timeout=seconds):
        raise Unavailable(gettext("Others are being worked for at the moment; try again soon."))
    try:
        yield
    finally:
        _turns.release()


def _received(begun: "Begun") -> Generator[Any]:
    while (answer := begun.next_answer())[0] != ENDED:
        kind, value = answer
        if kind == FAULT and isinstance(value, Exception):
            raise value
        yield value


@dataclass
class Begun:
    """A process that works, by its handle (pidfd), and the connection by which it answers."""

    work: Work
    handle: int
    answers: "Connection[Work, Any]"

    def next_answer(self) -> tuple[str, Any]:
        try:
            return receive(self.answers, self.work.limits.answer * MEGABYTE)
        except (EOFError, OSError, Forged) as problem:
            raise too_costly() from problem

    def end(self) -> None:
        with suppress(OSError):  # it has ended, and who waited has closed the handle
            signal.pidfd_send_signal(self.handle, signal.SIGKILL)

    @contextmanager
    def ended_after(self, seconds: int) -> Iterator[None]:
        clock = threading.Timer(seconds, self.end)
        clock.daemon = True
        clock.start()
        try:
            yield
        finally:
            clock.cancel()
            clock.join()


@contextmanager
def _begun(work: Work) -> Iterator[Begun]:
    """It ends with the block, or when who asked for it leaves."""
    ours, theirs = socket.socketpair()
    with theirs:
        handle = _copy(theirs)
    patience = struct.pack("ll", PATIENCE * work.limits.seconds, 0)
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, patience)
    try:
        with Connection(ours.detach()) as answers, awaited(begun := Begun(work, handle, answers)):
            with suppress(ConnectionError):
                answers.send(work)
            yield begun
    finally:
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(handle, signal.SIGKILL)
        ended = select.poll()  # select itself takes no handle above 1,023
        ended.register(handle, select.POLLIN)
        ended.poll()
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
