"""The way back: a set into an empty database and a data folder without files, or on trial beside the portal."""

import os
import secrets
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.backends.utils import CursorWrapper

from layers.registry.database.roles import create_roles

from . import dump, encryption, manifest
from .creation import ANCHORS, DUMP, FOLDERS, Say
from .errors import BackupError
from .manifest import Entry, Manifest


def restore(folder: Path, identity: Path | None, say: Say) -> Manifest:
    """Everything of the set; refuses to overwrite a database with tables, evidence or uploads."""
    whole, keys = _read(folder, identity, say)
    _check_empty()
    _put_files(folder, whole, keys, say)
    say("The database …")
    with connection.cursor() as cursor:
        create_roles(cursor)
    with _plain_dump(folder, whole, keys) as path:
        dump.load(path)
    _compare(whole, None, say)
    connection.close()
    call_command("migrate", interactive=False, verbosity=0)
    call_command("publish_layers", verbosity=0)
    call_command("check", databases=["default"])
    return whole


def try_restore(folder: Path, identity: Path | None, say: Say) -> Manifest:
    """Restores into a database that is made for it and dropped, and reads every file; the portal goes on."""
    whole, keys = _read(folder, identity, say)
    with open(os.devnull, "wb") as nowhere:
        for entry in whole.entries:
            _check(entry, encryption.read(folder / entry.path, nowhere, whole.encrypted, keys))
    say("The database, on trial …")
    with _trial_database() as name, _plain_dump(folder, whole, keys) as path:
        dump.load(path, name)
        _compare(whole, name, say)
    return whole


def _read(folder: Path, identity: Path | None, say: Say) -> tuple[Manifest, list[Any]]:
    whole, keys = manifest.read(folder), encryption.identities(identity)
    if whole.encrypted and not keys:
        raise BackupError("The set is encrypted; name the file of the identity with --identity.")
    say(f"The set of {whole.made}: {len(whole.entries)} files …")
    manifest.verify(folder, whole)
    return whole, keys


def _check_empty() -> None:
    with dump.session() as own:
        if there := dump.tables(own):
            raise BackupError(f"The database has tables already ({there[0]}); restore into an empty one.")
    for name in (*FOLDERS, Path(ANCHORS).parent.name):
        place = Path(settings.DATA) / name
        if place.exists() and any(place.iterdir()):
            raise BackupError(f"{place} is not empty; restore into a new data folder.")


def _put_files(folder: Path, whole: Manifest, keys: Sequence[Any], say: Say) -> None:
    kept = [each for each in whole.entries if each.path == ANCHORS or each.path.split("/")[0] in FOLDERS]
    for count, entry in enumerate(kept):
        _put(folder, entry, Path(settings.DATA) / entry.path, whole, keys)
        if count % 1000 == 999:
            say(f"{count + 1} files …")
    [key] = [entry for entry in whole.entries if entry.path == "secret-key"]
    (Path(settings.DATA) / "secret-key").unlink(missing_ok=True)
    _put(folder, key, Path(settings.DATA) / "secret-key", whole, keys)


def _put(folder: Path, entry: Entry, target: Path, whole: Manifest, keys: Sequence[Any]) -> None:
    for parent in reversed(target.relative_to(settings.DATA).parents[:-1]):
        (Path(settings.DATA) / parent).mkdir(mode=0o700, exist_ok=True)
    mode = 0o400 if entry.path.startswith("evidence/") else 0o600
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        _check(entry, encryption.read(folder / entry.path, file, whole.encrypted, keys))
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _plain_dump(folder: Path, whole: Manifest, keys: Sequence[Any]) -> Iterator[Path]:
    [entry] = [entry for entry in whole.entries if entry.path == DUMP]
    with tempfile.TemporaryDirectory(dir=settings.DATA, prefix="restore-") as place:
        path = Path(place) / DUMP
        with path.open("wb") as file:
            _check(entry, encryption.read(folder / DUMP, file, whole.encrypted, keys))
        yield path


def _check(entry: Entry, written: encryption.Measure) -> None:
    if written.hash.hexdigest() != entry.sha256:
        raise BackupError(f"{entry.path} is not what was backed up.")


def _compare(whole: Manifest, name: str | None, say: Say) -> None:
    say("The rows of every table …")
    with dump.session(name) as own:
        found = dump.rows(own)
    if differing := [table for table in whole.tables | found if whole.tables.get(table) != found.get(table)]:
        raise BackupError(f"Tables do not have the rows of the set: {', '.join(sorted(differing)[:5])}.")


@contextmanager
def _trial_database() -> Iterator[str]:
    name = f"geoportal_trial_{secrets.token_hex(6)}"
    with dump.session() as own, own.cursor() as cursor:
        _create(cursor, name)
        try:
            yield name
        finally:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _create(cursor: CursorWrapper, name: str) -> None:
    cursor.execute("SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = current_user")
    if not cursor.fetchone()[0]:
        raise BackupError("The portal's user may not make the database of the trial: ALTER ROLE … CREATEDB.")
    cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
