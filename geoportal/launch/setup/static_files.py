"""Static files: collected under hashed names and compressed once, in a folder that is never committed."""

import hashlib
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from geoportal.launch.options import ROOT
from geoportal.launch.processes import child_environment
from geoportal.launch.processes.command import run
from geoportal.launch.progress import Steps
from geoportal.launch.setup.virtualenv import LOCKS, PYTHON, RUN

ASSETS = ROOT / "geoportal" / "assets"
COLLECTED = ROOT / "var" / "static"
STAMP = "sources.sha256"


def prepare(steps: Steps, log: Path) -> None:
    wanted, stamp = _digest(), COLLECTED / STAMP
    if stamp.is_file() and stamp.read_text() == wanted:
        steps.outcome("ready")
        return
    draft = COLLECTED.with_name("static.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir()
    own = {name: value for name, value in child_environment.plain().items() if "GEOPORTAL_" not in name}
    needed = {"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "geoportal.settings"}
    env = own | needed | {"GEOPORTAL_SECRET_KEY": "of no use here"}
    words = [PYTHON, "-m", "geoportal.launch.setup.static_files", str(draft)]
    run(words, "Compressing the static files", steps=steps, env=env, cwd=ROOT, log=log)
    (draft / STAMP).write_text(wanted)
    shutil.rmtree(COLLECTED, ignore_errors=True)
    draft.rename(COLLECTED)


def _digest() -> str:
    hashed = hashlib.sha256()
    for file in _sources():
        hashed.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return hashed.hexdigest()


def _sources() -> Iterator[Path]:
    yield from (file for file in sorted(ASSETS.rglob("*")) if file.is_file())
    yield LOCKS / RUN
    yield ROOT / "geoportal" / "static_files.py"


def collect(folder: Path) -> None:
    """Runs inside .venv, where Django is."""
    import django
    from django.conf import settings
    from django.core.management import call_command

    settings.STATIC_ROOT = folder
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)


if __name__ == "__main__":
    collect(Path(sys.argv[1]))
