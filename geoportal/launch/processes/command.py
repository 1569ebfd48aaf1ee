"""Running one command of the set-up to its end: nothing it starts outlives it, its last words explain a failure."""

import os
import selectors
import signal
import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from geoportal.launch.database.account import Account
from geoportal.launch.errors import Refusal
from geoportal.launch.processes.children import Child, end, spawn
from geoportal.launch.progress import Steps, say


def run(
    command: Sequence[str | Path],
    what: str,
    *,
    steps: Steps | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    log: Path | None = None,
    account: Account | None = None,
    finish: bool = False,
) -> str:
    """Runs the command and returns its last lines; a failure becomes a Refusal that starts with `what`.

    `finish` waits for the command even when asked to stop: a package manager must not be cut short.
    """
    try:
        child = spawn(
            command,
            env=env,
            cwd=cwd or "/",
            output=subprocess.PIPE,
            account=account,
            last_signal=None if finish else signal.SIGTERM,
        )
    except OSError as problem:
        raise Refusal(f"{what}: {command[0]} could not be run ({problem.strerror}).") from None
    tail: deque[str] = deque(maxlen=30)
    try:
        if child.stdout:
            _follow(child.stdout, child, tail, steps, log)
        child.wait()
    finally:
        if finish:  # its process group may hold daemons it started, which are not ours to end
            _wait_for_package_manager(child)
        else:
            end(child, seconds=10)
    if child.returncode != 0:
        raise Refusal(explain(what, tail, log))
    return "\n".join(tail)


def _wait_for_package_manager(child: Child) -> None:
    if child.poll() is None:
        say("\nWaiting for the package manager, so that nothing stays half installed …")
    child.wait()


def _follow(stdout: IO[bytes], child: Child, tail: deque[str], steps: Steps | None, log: Path | None) -> None:
    rest = b""
    with stdout, selectors.DefaultSelector() as waiting, _record(log) as record:
        waiting.register(stdout, selectors.EVENT_READ)
        while waiting.select(timeout=1.0) or child.poll() is None:
            if waiting.select(timeout=0):
                chunk = os.read(stdout.fileno(), 65536)
                if not chunk:
                    return
                record.write(chunk)
                rest = _take_lines(rest + chunk, tail)
            if steps and tail:
                steps.note(tail[-1])


def _record(log: Path | None) -> IO[bytes]:
    return (log or Path(os.devnull)).open("ab")


def _take_lines(text: bytes, tail: deque[str]) -> bytes:
    *lines, rest = text.replace(b"\r", b"\n").split(b"\n")
    tail.extend(words for line in lines if (words := line.decode(errors="replace").strip()))
    return rest


SENTENCE = "CommandError: "
"""How manage.py begins a sentence that was written for the person at the terminal."""


def explain(what: str, tail: Sequence[str], log: Path | None = None) -> str:
    if any("No space left on device" in line for line in tail):
        return f"{what}: the disk is full; free some space and start again."
    if tail and tail[-1].startswith(SENTENCE):
        return tail[-1].removeprefix(SENTENCE)
    last = " | ".join(list(tail)[-3:]) or "it said nothing"
    return f"{what}: {last}" + (f" (all it said is in {log})." if log else ".")
