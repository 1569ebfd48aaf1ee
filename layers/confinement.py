"""Work on what strangers sent, in a process of its own: limited in memory, processor time and files, ended with its reader.

The child is begun with ``-m``, so it loads no more than the module that it works with needs.
"""

import ctypes
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Generator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
DEATH_OF_PARENT = 1
"""What prctl is asked for: the signal that comes when the thread ends that began the process."""

OPEN_FILES = 64
VALUE, FAILED, ENDED = "value", "failed", "ended"


@dataclass(frozen=True)
class Allowance:
    """Of address space in millions of bytes and of processor time in seconds."""

    megabytes: int
    seconds: int


class ConfinementError(Exception):
    """What was worked on cannot be worked with; the text says why, as the module that tried it does."""


class BeyondAllowance(ConfinementError):
    """It takes more memory or time than is allowed."""


def values(module: str, *arguments: str, allowance: Allowance) -> Generator[Any]:
    """What ``module.values(*arguments)`` yields in a process of its own, of what JSON can hold.

    Raises ConfinementError. The process ends when nobody reads it any longer.
    """
    command = [sys.executable, "-m", "layers.confinement", str(os.getpid()), str(allowance.megabytes)]
    with subprocess.Popen(
        [*command, str(allowance.seconds), module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"},  # none of our secrets
    ) as process:
        try:
            for line in process.stdout or ():
                if not line.endswith(b"\n"):
                    break  # it was ended while it wrote
                kind, value = json.loads(line)
                if kind == ENDED:
                    return
                if kind == FAILED:
                    raise ConfinementError(value)
                yield value
        finally:
            process.kill()
    raise BeyondAllowance(f"signal {-process.returncode}")


def main(parent: str, megabytes: str, seconds: str, module: str, *arguments: str) -> None:
    end_with(int(parent))
    _confine(Allowance(int(megabytes), int(seconds)))
    try:
        for value in import_module(module).values(*arguments):
            _tell(VALUE, value)
        _tell(ENDED)
    except (BrokenPipeError, MemoryError):
        os._exit(1)
    except Exception as problem:  # noqa: BLE001  whatever a reader of strangers' files raises is told
        _tell(FAILED, str(problem) or type(problem).__name__)


def end_with(parent: int) -> None:
    """Let this process be killed when the one ends that began it, however that ends."""
    ctypes.CDLL(None).prctl(DEATH_OF_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)  # it ended before its end could be heard of


def _confine(allowance: Allowance) -> None:
    size = allowance.megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    resource.setrlimit(resource.RLIMIT_CPU, (allowance.seconds, allowance.seconds + 1))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES, OPEN_FILES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _tell(kind: str, value: Any = None) -> None:
    sys.stdout.write(json.dumps([kind, value]) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
