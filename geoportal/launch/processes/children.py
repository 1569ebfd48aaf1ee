"""Child processes that cannot be left behind: they die with the launcher, even by kill -9."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from geoportal.launch.database.account import Account
from geoportal.launch.options import ROOT

PR_SET_PDEATHSIG = 1  # prctl(2)
_libc = ctypes.CDLL(None, use_errno=True)

Child = subprocess.Popen[bytes]


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | str = "/",
    output: int | IO[bytes] | None = None,
    account: Account | None = None,
    last_signal: signal.Signals | None = signal.SIGTERM,
    group: bool = True,
) -> Child:
    """`last_signal` is what the child gets when the launcher dies; `group` gives it a process group of its own."""
    return subprocess.Popen(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL if group else None,
        stdout=output,
        stderr=subprocess.STDOUT if output is not None else None,
        env=env,
        cwd=cwd,
        process_group=0 if group else None,
        preexec_fn=tied_to_parent(last_signal) if last_signal else None,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[account.gid] if account else None,
    )


def python_child(
    command: Sequence[str | Path],
    env: Mapping[str, str],
    output: int | IO[bytes] | None = None,
    group: bool = True,
) -> Child:
    return spawn(command, env=env, cwd=ROOT, output=output, group=group)


def tied_to_parent(last_signal: signal.Signals) -> Callable[[], None]:
    """For preexec_fn. The kernel forgets it when a process changes its user, which happens before."""
    parent = os.getpid()

    def tie() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(last_signal))
        if os.getppid() != parent:
            os._exit(1)

    return tie


def end(child: Child, first_signal: signal.Signals = signal.SIGTERM, *, seconds: float) -> None:
    """Asks the child, with its process group if it leads one, to end; then insists."""
    for sign, patience in ((first_signal, seconds), (signal.SIGKILL, 5.0)):
        if child.poll() is None:
            _signal(child, sign)
            await_end(child, patience)
    _signal(child, signal.SIGKILL)


def await_end(child: Child, seconds: float) -> None:
    until = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < until:
        time.sleep(0.05)


def _signal(child: Child, sign: signal.Signals) -> None:
    try:
        os.killpg(child.pid, sign)
    except ProcessLookupError:
        child.send_signal(sign)  # leads no group; does nothing when it has ended
    except PermissionError:
        pass  # a package manager under sudo, which ends by itself
