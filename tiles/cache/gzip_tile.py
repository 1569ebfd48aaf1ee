"""Tiles as gzip files that tell their own checksum in the comment of their header.

Any web server hands them out as they are. A file's modification time is not a time but the checksum, so that
the ETag that web servers make of time and size is one of the content, alike at every door.
"""

import gzip
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from isal import isal_zlib

LEVEL = 1
_HEADER = b"\x1f\x8b\x08\x10\x00\x00\x00\x00\x00\xff"  # gzip with a comment, no time
_CHECKSUM_DIGITS = 8  # hexadecimal digits
_BODY_START = len(_HEADER) + _CHECKSUM_DIGITS + 1


@dataclass(frozen=True)
class GzipTile:
    """A tile as kept and sent: gzip bytes; ``empty`` when there is nothing in it."""

    data: bytes

    @property
    def empty(self) -> bool:
        return self.data.endswith(b"\x00\x00\x00\x00")

    @property
    def content(self) -> bytes:
        return b"" if self.empty else gzip.decompress(self.data)

    @property
    def checksum(self) -> int:
        return int(self.data[len(_HEADER) : len(_HEADER) + _CHECKSUM_DIGITS], 16)

    @property
    def etag(self) -> str:
        return f'"{self.checksum:x}-{len(self.data):x}"'


def compress(content: bytes) -> GzipTile:
    squeezer = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, -isal_zlib.MAX_WBITS)
    body = squeezer.compress(content) + squeezer.flush()
    rest = body + isal_zlib.crc32(content).to_bytes(4, "little") + len(content).to_bytes(4, "little")
    return GzipTile(_HEADER + b"%08x\x00" % _checksum(rest) + rest)


def read(path: Path | str) -> GzipTile | None:
    """The tile in a file; None when there is none, or one that is not whole."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:
        return None
    try:
        packed = os.read(handle, os.fstat(handle).st_size + 1)
    except OSError:
        return None
    finally:
        os.close(handle)
    return GzipTile(packed) if is_intact(packed) else None


def is_intact(packed: bytes) -> bool:
    return packed[:_BODY_START] == _HEADER + b"%08x\x00" % _checksum(packed[_BODY_START:])


def write(path: Path, tile: GzipTile, *, readable: bool) -> None:
    """Put a whole file in the place of an older one at once; ``readable`` by every user of the machine."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=TEMPORARY_PREFIX)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(tile.data)
            if readable:
                os.fchmod(file.fileno(), 0o644)
        os.utime(draft, (tile.checksum, tile.checksum))
        Path(draft).rename(path)
    except OSError:
        Path(draft).unlink()
        raise


TEMPORARY_PREFIX = "draft-"
"""How the names of files begin that a killed process may leave."""


def _checksum(rest: bytes) -> int:
    return isal_zlib.crc32(rest) & 0x7FFFFFFF  # a time that every file system can keep
