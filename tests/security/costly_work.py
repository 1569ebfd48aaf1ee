"""Work that takes more than there is for it; child processes read this module alone."""

import os


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
