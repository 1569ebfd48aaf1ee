"""A set is made: files that are there, the database as of one moment, files that came meanwhile.

Whatever a row of that moment names was there before the moment, so that one of the two rounds takes it along.
"""

import io
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper

from geoportal.environment import SETTINGS
from layers.casework.log.anchors import anchors_file
from layers.casework.models import Document, Evidence, PendingUpload

from . import dump, encryption, manifest
from .errors import BackupError
from .manifest import Entry, Manifest

FOLDERS = ("evidence", "uploads")
DUMP, CONFIGURATION = "database.dump", "configuration.json"
ANCHORS = "log-anchors/anchors.jsonl"
SECRET = ("DATABASE_URL", "GEOPORTAL_SECRET_KEY", "GEOPORTAL_WEB_PASSWORD")

Say = Callable[[str], object]


@dataclass
class Draft:
    """A set under way; ``previous`` is a whole set with which it shares what has not changed."""

    folder: Path
    recipient: Any
    say: Say
    previous: Path | None = None
    entries: dict[str, Entry] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = manifest.read(self.previous) if self.previous else None
        shared = kept if kept and kept.encrypted == bool(self.recipient) else None
        self.kept = {entry.path: entry for entry in shared.entries} if shared else {}

    def add(self, path: str, source: IO[bytes]) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        target.unlink(missing_ok=True)
        read, stored = encryption.write(source, target, self.recipient)
        self.entries[path] = Entry(
            path, read.hash.hexdigest(), read.size, stored.hash.hexdigest(), stored.size
        )

    def share(self, path: str, size: int) -> bool:
        """Take a file over from the set before, without its bytes: evidence lies by its hash and never changes."""
        entry = self.kept.get(path)
        if self.previous is None or entry is None or entry.size != size:
            return False
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            os.link(self.previous / path, target)
        except OSError:
            return False
        self.entries[path] = entry
        return True


def make(folder: Path, recipient: str, say: Say, previous: Path | None = None) -> Manifest:
    """Refuses a folder that holds anything."""
    to = encryption.recipient(recipient)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if any(folder.iterdir()):
            raise BackupError(f"{folder} is not empty; name a new folder.")
        return _make(Draft(folder, to, say, previous))
    except OSError as problem:
        raise BackupError(f"{problem.filename or folder}: {problem.strerror}.") from problem


def _make(draft: Draft) -> Manifest:
    seen: dict[str, tuple[int, int]] = {}
    if anchors_file().exists():  # before the moment, which then holds every head that they name
        draft.add(ANCHORS, io.BytesIO(anchors_file().read_bytes()))
    _add_files(draft, seen)
    with dump.snapshot() as (own, name):
        draft.say("The database …")
        with dump.stream(name) as source:
            draft.add(DUMP, source)
        draft.say("The rows of every table …")
        tables, named = dump.rows(own), _named(own)
    _add_files(draft, seen)
    draft.add("secret-key", io.BytesIO(settings.SECRET_KEY.encode()))
    draft.add(CONFIGURATION, io.BytesIO(json.dumps(_configuration(), indent=1).encode()))
    found = {entry.path.rpartition("/")[2]: entry.sha256 for entry in draft.entries.values()}
    damaged = sorted(sha256 for sha256 in named if found.get(sha256) != sha256)
    made = datetime.now(UTC).isoformat(timespec="seconds")
    whole = Manifest(made, draft.recipient is not None, tables, damaged, list(draft.entries.values()))
    draft.say("Reading the set again …")
    manifest.verify(draft.folder, whole)
    manifest.write(draft.folder, whole)
    return whole


def _add_files(draft: Draft, seen: dict[str, tuple[int, int]]) -> None:
    """What is new or changed since the round before; what goes away meanwhile is left out."""
    for count, path in enumerate(_files()):
        name = str(path.relative_to(settings.DATA))
        try:
            state = path.stat()
            if seen.get(name) != (state.st_mtime_ns, state.st_size) and not (
                name.startswith("evidence/") and (name in seen or draft.share(name, state.st_size))
            ):
                with path.open("rb") as source:
                    draft.add(name, source)
        except FileNotFoundError:
            continue
        seen[name] = (state.st_mtime_ns, state.st_size)
        if count % 1000 == 999:
            draft.say(f"{count + 1} files …")


def _files() -> Iterator[Path]:
    """Without drafts, whose names begin with a dot, and without links."""
    for folder in FOLDERS:
        for path in sorted((Path(settings.DATA) / folder).rglob("*")):
            if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                yield path


def _named(own: BaseDatabaseWrapper) -> set[str]:
    """Hashes of the files that rows of the moment name."""
    models = (Evidence, Document, PendingUpload)
    with own.cursor() as cursor:
        cursor.execute(" UNION ".join(f"SELECT sha256 FROM {model._meta.db_table}" for model in models))
        return {sha256 for (sha256,) in cursor.fetchall() if sha256}


def _configuration() -> dict[str, str]:
    names = [setting.name for setting in SETTINGS if setting.name not in SECRET]
    return {name: os.environ[name] for name in names if name in os.environ}
