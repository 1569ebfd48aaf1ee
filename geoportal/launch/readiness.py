"""How a process of the web server says to the one that began it that it has loaded what it answers with."""

import os
from pathlib import Path

READY = "WEB_READY"
"""The variable that names the folder in which it is said."""


def tell_ready() -> None:
    """Nobody may want to know."""
    if folder := os.environ.get(READY):
        Path(folder).mkdir(mode=0o700, exist_ok=True)  # old folders of /tmp are taken away on some machines
        _file(folder, os.getpid()).touch()


def is_ready(process: int) -> bool:
    return _file(os.environ[READY], process).exists()


def _file(folder: str, process: int) -> Path:
    return Path(folder) / str(process)
