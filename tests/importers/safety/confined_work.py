"""What a process of its own is given to do by tests of its limits."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path


def values(work: str, *arguments: str) -> Iterator[object]:
    if work == "numbers":
        yield from range(5)
    elif work == "memory":
        yield len(bytearray(10**12))
    elif work == "crash":
        os.abort()
    elif work == "half":
        sys.stdout.write('["value", "abc')
        sys.stdout.flush()
        os.abort()
    elif work == "time":
        while True:
            pass
    elif work == "secrets":
        yield sorted(os.environ)
    elif work == "write":
        Path(*arguments).write_text("x")
    elif work == "pid":
        yield os.getpid()
        while True:
            time.sleep(1)
    else:
        raise ValueError(f"no such work: {work}")
