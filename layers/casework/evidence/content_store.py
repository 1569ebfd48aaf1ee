"""Where evidence and documents lie: by the hash of their content, read-only, never overwritten."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings


@dataclass(frozen=True)
class StoredFile:
    sha256: str
    size: int

    @property
    def path(self) -> Path:
        return file_path(self.sha256)


def file_path(sha256: str) -> Path:
    return Path(settings.DATA) / "evidence" / sha256[:2] / sha256


def store_file(chunks: Iterable[bytes]) -> StoredFile:
    """Write and hash a file; it is on the disk before its name exists, and the same content lies there once.

    The file's time is that of its last storing.
    """
    folder = Path(settings.DATA) / "evidence"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{secrets.token_hex(8)}"
    hashed, size = hashlib.sha256(), 0
    try:
        with draft.open("xb") as file:
            for chunk in chunks:
                hashed.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        stored = StoredFile(hashed.hexdigest(), size)
        stored.path.parent.mkdir(exist_ok=True, mode=0o700)
        draft.chmod(0o400)
        try:
            os.utime(stored.path)
        except FileNotFoundError:
            draft.replace(stored.path)
        return stored
    finally:
        draft.unlink(missing_ok=True)


def remove_file(sha256: str, before: float) -> None:
    """Take away a file that nothing refers to, unless it was stored again at ``before`` (seconds) or later."""
    path = file_path(sha256)
    aside = path.with_name(f".{secrets.token_hex(8)}")
    try:
        path.replace(aside)
    except FileNotFoundError:
        return
    if aside.stat().st_mtime < before:
        aside.unlink()
    else:
        aside.replace(path)


def file_hash(path: Path) -> str | None:
    """The SHA-256 of a file as it lies there now, None if it is gone."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
