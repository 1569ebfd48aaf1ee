"""Where the vector cache and the worker keep their files."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

SUFFIX = ".pbf.gz"
HEIGHTS_SUFFIX = "~heights"
"""Ends the name of the folder of a layer's heights, which are pictures packed like the other tiles."""


def tiles_folder() -> Path:
    """The cache; it can be removed at any time, the position in the feed goes with it."""
    return Path(settings.DATA) / "tiles"


def heartbeat_file() -> Path:
    return Path(settings.DATA) / "tile-worker-alive"


def worker_lock_file() -> Path:
    folder = Path(settings.DATA) / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "tile-worker"


def existing_numbers(folder: Path, wanted: range, suffix: str) -> Iterator[int]:
    """The wanted numbers that name something in a folder, found the shorter way."""
    if len(wanted) <= 8:
        yield from (number for number in wanted if (folder / f"{number}{suffix}").exists())
        return
    try:
        entries = list(folder.iterdir())
    except OSError:
        return
    for entry in entries:
        number = entry.name.removesuffix(suffix)
        if number.isascii() and number.isdigit() and int(number) in wanted:
            yield int(number)
