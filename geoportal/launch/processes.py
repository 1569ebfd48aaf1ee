"""Child processes that cannot be left behind: each has a process group of its own and dies with the launcher."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def tied_to_parent(last_signal: signal.Signals) -> Callable[[], None]:
    """For preexec_fn: the child gets the signal when this process dies, even by kill -9."""
    parent = os.getpid()

    def tie() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(last_signal))
        if os.getppid() != parent:
            os._exit(1)

    return tie


def adopt_orphans() -> None:
    """Grandchildren whose parent dies become ours, so that `sweep` finds them."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1)


def end(child: subprocess.Popen[bytes], first_signal: signal.Signals, seconds: float) -> None:
    """Asks the child's process group to end, then insists."""
    for sign, patience in ((first_signal, seconds), (signal.SIGKILL, 5.0)):
        if child.poll() is None:
            _signal_group(child.pid, sign)
            _wait(child, patience)
    _signal_group(child.pid, signal.SIGKILL)


def sweep() -> None:
    """Kills and reaps whatever is still below this process."""
    for _ in range(20):
        left = descendants(os.getpid())
        if not left:
            return
        for pid in left:
            _signal(pid, signal.SIGKILL)
        time.sleep(0.05)
        reap()


def reap() -> None:
    """Takes leave of adopted processes that ended."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass


def descendants(root: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        parent = parent_of(int(folder.name))
        if parent is not None:
            children.setdefault(parent, []).append(int(folder.name))
    found, waiting = [], list(children.get(root, []))
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting.extend(children.get(pid, []))
    return found


def parent_of(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[1])  # the command name before it may hold spaces and brackets


def _signal_group(pid: int, sign: signal.Signals) -> None:
    try:
        os.killpg(pid, sign)
    except (ProcessLookupError, PermissionError):
        pass


def _signal(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except (ProcessLookupError, PermissionError):
        pass


def _wait(child: subprocess.Popen[bytes], seconds: float) -> None:
    until = time.monotonic() + seconds
    while child.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
