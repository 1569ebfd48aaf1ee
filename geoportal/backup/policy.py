"""Sets of every day: when the next is due, which are kept, and what is known of the last."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from geoportal.launch import data_folder

from . import manifest
from .creation import Say, make
from .errors import BackupError
from .restoration import try_restore

EVERY, TRIAL_EVERY = timedelta(days=1), timedelta(days=7)
WEEKS = 4
SPARE = 2 * 10**9
"""Bytes of the disk that a set leaves free."""
FORM = "%Y%m%dT%H%M%SZ"


def home() -> Path:
    return Path(settings.DATA) / "backups"


def whole_sets() -> list[Path]:
    """The oldest first."""
    return sorted(path for path in home().glob("*Z") if manifest.is_whole(path))


def make_due(say: Say, now: datetime) -> Path | None:
    """A set if the last is a day old, a trial of it if the last is a week old; then those no longer kept go."""
    if not settings.BACKUPS_KEPT:
        return None
    home().mkdir(mode=0o700, exist_ok=True)
    with data_folder.lock(home() / "lock", "A backup is under way already (process {pid})."):
        sets = whole_sets()
        if sets and now - made_at(sets[-1]) < EVERY:
            return None
        for path in home().glob("*Z"):
            if path not in sets:
                shutil.rmtree(path)
        folder = _make(say, now, sets)
        prune([*sets, folder], settings.BACKUPS_KEPT)
        return folder


def _make(say: Say, now: datetime, sets: list[Path]) -> Path:
    _check_room(sets)
    folder = home() / now.astimezone(UTC).strftime(FORM)
    whole = make(folder, settings.BACKUP_RECIPIENT, say, sets[-1] if sets else None)
    trial = _trial()
    if not whole.encrypted and (trial is None or now - datetime.fromisoformat(trial["at"]) >= TRIAL_EVERY):
        try_restore(folder, None, say)
        record_trial(folder, now)
    return folder


def _check_room(sets: list[Path]) -> None:
    """A set is as large as the one before, at most; what it shares takes no room."""
    needed = SPARE + (manifest.read(sets[-1]).stored_bytes if sets else 0)
    if shutil.disk_usage(home()).free < needed:
        raise BackupError(
            f"{needed // 10**6} MB must be free on the disk of {home()} for a backup; make room, or keep fewer."
        )


def made_at(path: Path) -> datetime:
    return datetime.strptime(path.name, FORM).replace(tzinfo=UTC)


def kept(sets: list[Path], days: int) -> set[Path]:
    """The newest of each of so many days, and of each of four weeks."""
    newest_of_day = {made_at(path).date(): path for path in sets}
    newest_of_week = {made_at(path).isocalendar()[:2]: path for path in sets}
    return {*list(newest_of_day.values())[-days:], *list(newest_of_week.values())[-WEEKS:]}


def prune(sets: list[Path], days: int) -> None:
    for path in set(sets) - kept(sets, days):
        (path / manifest.NAME).unlink()  # first, so that what is left of it is no whole set
        shutil.rmtree(path)


def record_trial(folder: Path, now: datetime) -> None:
    home().mkdir(mode=0o700, exist_ok=True)
    data_folder.keep_private(home() / "trial.json", json.dumps({"at": now.isoformat(), "set": folder.name}))


def _trial() -> dict[str, str] | None:
    try:
        said: dict[str, str] = json.loads((home() / "trial.json").read_text())
    except (OSError, ValueError):
        return None
    return said


def status() -> dict[str, Any]:
    """For the page of operations: the last whole set, the last trial, and files that were damaged already."""
    sets = whole_sets()
    last = manifest.read(sets[-1]) if sets else None
    trial = _trial()
    return {
        "kept": len(sets),
        "last": last and datetime.fromisoformat(last.made),
        "bytes": last and last.stored_bytes,
        "damaged": len(last.damaged) if last else 0,
        "trial": trial and datetime.fromisoformat(trial["at"]),
    }
