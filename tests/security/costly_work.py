"""Work that takes more than there is for it; child processes read this module alone."""

import os
import time
from collections.abc import Callable
from typing import Any


def endless() -> None:
    while True:
        pass


def hold(megabytes: int) -> int:
    return len(bytearray(megabytes * 1024**2))


def open_files(number: int) -> int:
    with open("/dev/null"):
        return len([os.open("/dev/null", os.O_RDONLY) for _ in range(number)])


def fail() -> None:
    raise LookupError("of its own")


def processor_seconds(function: Callable[..., Any], *args: Any) -> float:
    function(*args)
    return time.process_time()
