"""A process of its own for one job: what it takes goes with it, and it dies with its worker."""

import ctypes
import os
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Any

from django.db import DatabaseError, connections
from django.db.backends.signals import connection_created

from .execution import JobInterrupted

PR_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None, use_errno=True)


def start(function: Callable[..., None], *args: Any) -> int:
    """The number of a process that does this and ends."""
    parent = os.getpid()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        with suppress(OSError):
            os.setpgid(pid, pid)  # by both, so that neither need wait for the other
        return pid
    code = 1
    try:
        _become_child(parent)
        function(*args)
        connections.close_all()
        code = 0
    except JobInterrupted:
        pass
    except BaseException:  # noqa: BLE001  nothing of the worker's own may go on in this process
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _become_child(parent: int) -> None:
    with suppress(OSError):
        os.setpgid(0, 0)
    _die_with(parent)
    os.register_at_fork(before=_remember_parent, after_in_child=lambda: _die_with(_parents[-1]))
    for sign in (signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _interrupt)
    _leave_connections()
    connection_created.connect(_end_with_client, dispatch_uid="jobs.end_with_client")


_parents: list[int] = []


def _remember_parent() -> None:
    _parents[:] = [os.getpid()]


def _die_with(parent: int) -> None:
    """The kernel kills this process when the one that began it is gone."""
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _interrupt(number: int, frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # once is enough
    raise JobInterrupted


def _leave_connections() -> None:
    """They are the worker's: closing them in order would end its session, so only this copy of them goes."""
    for wrapper in connections.all(initialized_only=True):
        if wrapper.connection is not None:
            os.close(wrapper.connection.fileno())
            wrapper.connection = None


def _end_with_client(connection: Any, **kwargs: Any) -> None:
    """Have the database end a statement soon whose process was killed; a server that cannot look ends it later."""
    with suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("SET client_connection_check_interval = '1s'")


def end(pid: int, sign: signal.Signals) -> None:
    """The process with all it began."""
    with suppress(ProcessLookupError):
        os.killpg(pid, sign)
