"""A process that has read the modules that work needs, knows none of our secrets, and makes copies of itself that work.

It is asked by a socket at its standard input: a connection is sent to it, and comes back as the handle (pidfd) of
the copy that reads from it what to do.
"""

import gc
import json
import os
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from django.apps import apps
from django.conf import settings
from django.utils import translation

from .answers import known_error, send
from .lifetime import end_with
from .limits import Limits

VALUE, FAULT, ENDED = "value", "fault", "ended"
copied = False
"""Whether this process is such a copy."""


@dataclass(frozen=True)
class Work:
    """``values`` says that the function yields its results one after another."""

    limits: Limits
    language: str
    values: bool
    function: Callable[..., Any]
    args: tuple[Any, ...]
    kwargs: dict[str, Any] = field(default_factory=dict)


def main(words: str) -> None:
    asked = socket.socket(fileno=0)
    prepare(**json.loads(words))
    while True:
        sign, sent, _flags, _address = socket.recv_fds(asked, 1, 1)
        if not sign:
            return  # who asked is no more
        handle = begin_copy(sent[0], others=[asked])
        os.close(sent[0])
        socket.send_fds(asked, [sign], [handle])
        os.close(handle)


def prepare(preloaded: list[str], said: dict[str, Any]) -> None:
    """``said`` are settings of whoever asks."""
    settings.configure(**said, USE_I18N=True, USE_TZ=True)
    apps.populate([])
    for name in preloaded:
        import_module(name)
    for language in ("zh-hans", "en"):
        with translation.override(language):
            translation.gettext("")  # reads the texts
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # copies leave nothing to be collected
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()


def begin_copy(connection: int, others: list[socket.socket]) -> int:
    """The handle of a copy of this process that does what comes by the connection; ``others`` are not for it."""
    parent = os.getpid()
    pid = os.fork()
    if not pid:
        end_with(parent)
        for other in others:
            other.close()
        _serve(Connection(connection))
    return os.pidfd_open(pid)


def _serve(answers: "Connection[Any, Work]") -> NoReturn:
    global copied
    copied = True
    try:
        _do(answers.recv(), answers)
    except (EOFError, OSError, MemoryError):
        pass  # nobody asks any more, or there is no room to answer
    except Exception:  # noqa: BLE001  it must not go on as a server
        traceback.print_exc()
    finally:
        os._exit(0)


def _do(work: Work, answers: "Connection[Any, Work]") -> None:
    translation.activate(work.language)
    work.limits.apply()
    try:
        found = work.function(*work.args, **work.kwargs)
        for value in found if work.values else [found]:
            send(answers, VALUE, value)
    except (BrokenPipeError, MemoryError):
        raise
    except Exception as problem:  # noqa: BLE001  whatever work on strangers' files raises is for who asked
        send(answers, FAULT, known_error(problem))
    send(answers, ENDED, None)


if __name__ == "__main__":
    from layers.child_process import server  # what is sent names its classes so

    server.main(sys.argv[1])
