"""The data folder: there, writable, roomy, and used by one launcher at a time."""

import fcntl
import os
import shutil
from pathlib import Path
from typing import IO

from geoportal.launch.errors import Refusal
from geoportal.launch.progress import say

NEEDED_BYTES = 2 * 1024**3


def prepare(data: Path) -> None:
    """Creates the folder, or refuses it before anything is changed in it."""
    try:
        if not data.exists():
            data.mkdir(parents=True)
            data.chmod(0o755)  # the database's user passes through it; each file with a secret is 0600
        elif not data.is_dir():
            raise Refusal(f"{data} is a file; give --data the name of a folder.")
        (data / "logs").mkdir(exist_ok=True)
        (data / "logs").chmod(0o700)
        if not os.access(data, os.W_OK | os.X_OK):
            raise PermissionError
    except NotADirectoryError:
        raise Refusal(f"{data} lies below a file; give --data the name of a folder.") from None
    except PermissionError:
        raise Refusal(
            f"The data folder {data} is not writable for you; choose another one with --data."
        ) from None
    except OSError as problem:
        raise Refusal(f"The data folder {data} cannot be used: {problem.strerror}.") from None
    check_room(data)


def check_room(folder: Path, needed: int = NEEDED_BYTES) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Refusal(
            f"Only {free // 1024**2} MB are free on the disk of {folder}; the portal needs {needed // 1024**2} MB."
        )


def lock(path: Path, held: str) -> IO[str]:
    """Keeps the lock until this process ends; refuses with `held`, where {pid} is the holder's process id."""
    file = _opened(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with file:
            file.seek(0)
            raise Refusal(held.format(pid=file.read().strip() or "unknown")) from None
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def wait_for_lock(path: Path, waiting: str) -> IO[str]:
    """As `lock`, but says `waiting` and waits while another process holds it."""
    file = _opened(path)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say(waiting)
        fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _opened(path: Path) -> IO[str]:
    try:
        return path.open("a+")
    except OSError as problem:
        raise Refusal(
            f"{path} cannot be written ({problem.strerror}); choose another folder or another user."
        ) from None


def keep_private(path: Path, text: str) -> None:
    """Writes a file that only its owner reads, never half."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


LOG_BYTES = 10_000_000
LOGS_KEPT = 3


def log_file(data: Path, name: str) -> Path:
    log = data / "logs" / f"{name}.log"
    rotate(log)
    return log


def rotate(log: Path) -> None:
    """Keeps a log that has grown as name.log.1 and goes on in the empty one; who writes need not open it anew."""
    if not log.exists() or log.stat().st_size < LOG_BYTES:
        return
    for number in range(LOGS_KEPT - 1, 0, -1):
        older = log.with_suffix(f".log.{number}")
        if older.exists():
            older.replace(log.with_suffix(f".log.{number + 1}"))
    shutil.copyfile(log, log.with_suffix(".log.1"))
    os.truncate(log, 0)
