"""Temporary folders, which end with their process even if that is killed: the next one takes them away."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

OWNED = re.compile(r"delivered-(\d+)-\w+")


@contextmanager
def own_folder() -> Iterator[Path]:
    _remove_orphans()
    with TemporaryDirectory(prefix=f"delivered-{os.getpid()}-") as folder:
        yield Path(folder).resolve()


def _remove_orphans() -> None:
    """Folders of processes that are no more."""
    for each in Path(gettempdir()).iterdir():
        match = OWNED.fullmatch(each.name)
        if match and not Path(f"/proc/{match[1]}").exists():
            shutil.rmtree(each, ignore_errors=True)
