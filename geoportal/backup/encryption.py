"""Files of a set, encrypted for an age recipient where one is given; only the identity's holder reads them."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pyrage

from .errors import BackupError


@dataclass
class Measure:
    """A stream that hashes and counts what passes."""

    stream: IO[bytes]

    def __post_init__(self) -> None:
        self.hash, self.size = hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        return self._passed(self.stream.read(size))

    def write(self, piece: bytes) -> int:
        self.stream.write(self._passed(bytes(piece)))
        return len(piece)

    def flush(self) -> None:
        self.stream.flush()

    def _passed(self, piece: bytes) -> bytes:
        self.hash.update(piece)
        self.size += len(piece)
        return piece


def recipient(text: str) -> Any:
    """None for an empty text."""
    try:
        return pyrage.x25519.Recipient.from_str(text) if text else None
    except pyrage.RecipientError:
        raise BackupError(f"{text!r} is no age recipient; it looks like age1….") from None


def identities(path: Path | None) -> list[Any]:
    if path is None:
        return []
    try:
        lines = path.read_text().splitlines()
        return [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except OSError as problem:
        raise BackupError(f"{path} cannot be read: {problem.strerror}.") from problem
    except pyrage.IdentityError:
        raise BackupError(f"{path} holds no age identity; it looks like AGE-SECRET-KEY-1….") from None


def write(source: IO[bytes], target: Path, to: Any) -> tuple[Measure, Measure]:
    """What was read and what was stored; the file is on the disk afterwards."""
    read = Measure(source)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        stored = Measure(file)
        if to is None:
            _copy(read, stored)
        else:
            pyrage.encrypt_io(read, stored, [to])
        file.flush()
        os.fsync(file.fileno())
    return read, stored


def read(source: Path, target: IO[bytes], encrypted: bool, keys: Sequence[Any]) -> Measure:
    """What was written to the target, as it was before it was stored."""
    written = Measure(target)
    with source.open("rb") as file:
        if not encrypted:
            _copy(Measure(file), written)
        else:
            _decrypt(file, written, keys)
    return written


def _decrypt(file: IO[bytes], written: Measure, keys: Sequence[Any]) -> None:
    if not keys:
        raise BackupError("The set is encrypted; name the file of the identity with --identity.")
    try:
        pyrage.decrypt_io(file, written, list(keys))
    except pyrage.DecryptError as problem:
        raise BackupError(f"The set cannot be decrypted with this identity: {problem}.") from problem


def _copy(source: Measure, target: Measure) -> None:
    while piece := source.read(1 << 20):
        target.write(piece)
