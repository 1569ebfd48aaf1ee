"""What a set holds, written last: a folder without it is half a set."""

import hashlib
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from .errors import BackupError

NAME = "manifest.json"
FORM = 1


@dataclass(frozen=True)
class Entry:
    """A file of the set: hash and bytes of the original, and of what is stored."""

    path: str
    sha256: str
    size: int
    stored_sha256: str
    stored_size: int


@dataclass(frozen=True)
class Manifest:
    """``made`` is ISO 8601 in UTC; ``tables`` has rows and their hash; ``damaged`` are files that were
    missing or altered before the set was made."""

    made: str
    encrypted: bool
    tables: dict[str, list[str]]
    damaged: list[str]
    entries: list[Entry]

    @property
    def stored_bytes(self) -> int:
        return sum(entry.stored_size for entry in self.entries)


def write(folder: Path, manifest: Manifest) -> None:
    draft = folder / f".{NAME}"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump({"form": FORM, **asdict(manifest)}, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(folder / NAME)


def read(folder: Path) -> Manifest:
    try:
        said: dict[str, Any] = json.loads((folder / NAME).read_text())
        if said.pop("form") != FORM:
            raise BackupError(f"{folder} was made by another version of the portal.")
        return Manifest(**{**said, "entries": [Entry(**entry) for entry in said["entries"]]})
    except FileNotFoundError:
        raise BackupError(
            f"{folder} is no whole set: its making did not end, or it is another folder."
        ) from None
    except (ValueError, TypeError, KeyError) as problem:
        raise BackupError(f"{folder / NAME} is damaged: {problem}.") from problem


def is_whole(folder: Path) -> bool:
    return (folder / NAME).is_file()


def verify(folder: Path, manifest: Manifest) -> None:
    """Every file is there and as it was stored."""
    for entry in manifest.entries:
        path = folder / entry.path
        if not path.resolve().is_relative_to(folder.resolve()):
            raise BackupError(f"{entry.path} lies outside the set.")
        try:
            with path.open("rb") as file:
                found = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as problem:
            raise BackupError(f"{path} cannot be read: {problem.strerror}.") from problem
        if found != entry.stored_sha256:
            raise BackupError(f"{path} is not as it was stored.")
