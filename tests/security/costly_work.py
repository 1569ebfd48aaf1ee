"""Work that takes more than there is for it; child processes read this module alone."""

import gc
import json
import os
from collections.abc import Iterator
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from django.utils import timezone

from layers.child_process.limits import Limits
from layers.child_process.work import run_limited


def endless() -> None:
    while True:
        pass


def hold(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024**2))


def text(megabytes: int) -> str:
    return "x" * megabytes * 1024**2


def open_files(number: int) -> int:
    with open("/dev/null"):
        return len([os.open("/dev/null", os.O_RDONLY) for _ in range(number)])


def fail() -> None:
    raise LookupError("of its own")


def hold_in_another(limit: int, megabytes: int) -> int:
    return run_limited(Limits(megabytes=limit), hold, megabytes)


def count(number: int) -> Iterator[int]:
    """Below nothing there is more than memory holds."""
    yield from range(number) if number >= 0 else bytearray(10**12)


def take_over(path: Path, lie: object = None) -> None:
    """What code of a stranger's in the process could do: answer in its own words."""
    [answers] = [each for each in gc.get_objects() if isinstance(each, Connection)]
    if lie is None:
        answers.send(Payload(path))
    else:
        text = json.dumps(lie).encode()
        answers.send_bytes(json.dumps([len(text)]).encode())
        answers.send_bytes(text)
    endless()


class Payload:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.path,)


def hour(moment: datetime) -> int:
    return timezone.localtime(moment).hour


def own_number() -> Iterator[int]:
    yield os.getpid()
    endless()


def environment() -> list[str]:
    return [*os.environ]


def write(path: Path) -> None:
    path.write_text("x")
