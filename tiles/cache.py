"""Rendered tiles as compressed files: ``tiles/<viewer>/<layers>/<z>/<x>/<y>.pbf.gz`` in the data folder.

A file belongs to one audience and carries, as the comment of its gzip header, the versions of the layers it was
rendered from; with other versions it is stale. Versions are read before rendering, so a tile can be newer than
it says but never older.
"""

import gzip
import hashlib
import os
import shutil
import tempfile
import threading
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from layers.registry.audience import PUBLIC_VIEWER, Viewer
from layers.registry.layer import Layer

from .changes.state import versions
from .scheme import Tile
from .vector import render

LEVEL = 1
_HEAD = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"  # gzip with a comment, no time


@dataclass(frozen=True)
class CachedTile:
    """A tile as served: gzip bytes, empty for a tile in which there is nothing."""

    packed: bytes
    empty: bool

    @property
    def content(self) -> bytes:
        return b"" if self.empty else gzip.decompress(self.packed)

    @property
    def etag(self) -> str:
        return f'"{hashlib.blake2s(self.packed[_head_length(self.packed) :], digest_size=12).hexdigest()}"'


def folder() -> Path:
    return Path(settings.DATA) / "tiles"


def path_of(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> Path:
    names = ",".join(layer.name for layer in layers)
    return folder() / viewer.key / names / str(tile.z) / str(tile.x) / f"{tile.y}.pbf.gz"


def get(layers: Sequence[Layer], tile: Tile, viewer: Viewer) -> CachedTile:
    """The cached tile if it is current, else a new rendering that is then kept."""
    current = versions(layers).encode()
    path = path_of(layers, tile, viewer)
    return _read(path, current) or _rendered_once(path, current, lambda: render(layers, tile, viewer))


def is_current(layers: Sequence[Layer], tile: Tile, viewer: Viewer, current: str) -> bool:
    return _read(path_of(layers, tile, viewer), current.encode()) is not None


def remove_stale(names: set[str]) -> None:
    """Drop the files of every tile that shows one of the layers, for servers that hand them out unasked."""
    for kept in folder().glob("*/*"):
        if names & set(kept.name.split(",")):
            shutil.rmtree(kept, ignore_errors=True)


def _read(path: Path, current: bytes) -> CachedTile | None:
    try:
        packed = path.read_bytes()
    except FileNotFoundError:
        return None
    head = _HEAD + current + b"\x00"
    if not packed.startswith(head):
        return None
    return CachedTile(packed, empty=packed.endswith(b"\x00\x00\x00\x00"))


def _rendered_once(path: Path, current: bytes, draw: Callable[[], bytes]) -> CachedTile:
    with _alone(path):
        kept = _read(path, current)
        if kept:
            return kept
        tile = CachedTile(pack(content := draw(), current), empty=not content)
        _write(path, tile.packed)
        return tile


def pack(content: bytes, comment: bytes) -> bytes:
    squeezer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = squeezer.compress(content) + squeezer.flush()
    tail = zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
    return _HEAD + comment + b"\x00" + body + tail


def _head_length(packed: bytes) -> int:
    return packed.index(b"\x00", len(_HEAD)) + 1


def _write(path: Path, packed: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(packed)
    if path.is_relative_to(folder() / PUBLIC_VIEWER.key):
        Path(draft).chmod(0o644)  # a web server in front reads it under a user of its own
    Path(draft).replace(path)


_locks: dict[Path, threading.Lock] = defaultdict(threading.Lock)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Simultaneous requests for one missing tile wait for one rendering."""
    lock = _locks[path]
    with lock:
        yield
    _locks.pop(path, None)
