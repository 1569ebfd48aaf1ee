"""The project's own .venv, filled from a lock whose every file is pinned by hash."""

import hashlib
import json
import shutil
import subprocess
import sys
from pathlib import Path

from geoportal.launch.errors import Refusal
from geoportal.launch.options import ROOT
from geoportal.launch.processes.command import run
from geoportal.launch.progress import Steps

VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
LOCKS = ROOT / "geoportal" / "launch"
RUN, DEV = "requirements.lock", "requirements-dev.lock"  # DEV holds all of RUN
STAMP = VENV / "installed.json"


def prepare(lock: str, steps: Steps, log: Path) -> None:
    if not _works():
        _create(steps, log)
    if _installed().get(lock) == digest(LOCKS / lock):
        steps.outcome("ready")
        return
    STAMP.unlink(missing_ok=True)
    pip = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--no-input",
        "--disable-pip-version-check",
        "--no-warn-script-location",
    ]
    pinned = ["--only-binary", ":all:", "--no-deps", "--require-hashes", "-r", str(LOCKS / lock)]
    run([*pip, *pinned], "Installing the Python packages", steps=steps, log=log)
    held = {lock, RUN}
    STAMP.write_text(json.dumps({name: digest(LOCKS / name) for name in sorted(held)}))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _works() -> bool:
    """False for a folder left by an interrupted set-up, or whose Python was taken from the machine."""
    try:
        tried = subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False, cwd="/")
    except OSError:
        return False
    return tried.returncode == 0


def _create(steps: Steps, log: Path) -> None:
    try:
        shutil.rmtree(VENV, ignore_errors=False) if VENV.exists() else None
        VENV.mkdir()
    except OSError as problem:
        raise Refusal(
            f"{VENV} cannot be made ({problem.strerror}); run this in a copy of the project that you may write to."
        ) from None
    run([sys.executable, "-m", "venv", VENV], "Making .venv", steps=steps, log=log)


def _installed() -> dict[str, str]:
    try:
        found: dict[str, str] = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found
