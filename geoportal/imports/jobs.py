"""Imports as processes of their own, which end with the server that began them."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from importers.history import record
from importers.models import Import, State
from importers.options import ImportOptions
from importers.pipeline.disk_space import explanation
from layers.errors import InvalidInput

from . import uploads

ROOT = Path(__file__).resolve().parent.parent.parent
EVERY = 0.5  # seconds between two words of progress


def begin(imported: Import, *words: str) -> None:
    """Start ``manage.py run_import``; raises InvalidInput while as many as may run do."""
    record.fail_interrupted()
    if Import.objects.filter(state=State.RUNNING).count() >= settings.IMPORTS_AT_ONCE:
        raise InvalidInput(
            _("%(count)d imports are running, which is as many as may; wait for one to end.")
            % {"count": settings.IMPORTS_AT_ONCE}
        )
    imported.state, imported.started, imported.reason = State.RUNNING, timezone.now(), ""
    imported.save(update_fields=["state", "started", "reason"])
    try:
        _start(imported, words)
    except OSError as problem:
        record.fail(imported, explanation(problem))


def _start(imported: Import, words: Iterable[str]) -> None:
    place = uploads.folder(imported)
    place.mkdir(parents=True, exist_ok=True)
    (place / "progress.json").unlink(missing_ok=True)
    with (place / "log").open("ab") as log:
        job = subprocess.Popen(
            [sys.executable, str(ROOT / "manage.py"), "run_import", str(imported.pk), *words],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "GEOPORTAL_LANGUAGE": translation.get_language() or ""},
        )
    threading.Thread(target=job.wait, daemon=True).start()  # else its number stays taken after its end


def options_of(imported: Import, **more: Any) -> ImportOptions:
    return ImportOptions.from_json(imported.options, who=imported.who, **more)


class Watch:
    """Writes progress where the page finds it; ends the job when the server that began it is gone."""

    def __init__(self, imported: Import) -> None:
        self.file, self.parent = uploads.folder(imported) / "progress.json", os.getppid()

    @contextmanager
    def __call__(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        began, said, done = time.monotonic(), 0.0, 0

        def tell(rows: int) -> None:
            nonlocal said, done
            done += rows
            if os.getppid() != self.parent:
                raise KeyboardInterrupt
            now = time.monotonic()
            if now - said >= EVERY:
                said = now
                rate = done / max(now - began, 1e-6)
                left = None if total is None else round((total - done) / rate)
                with suppress(OSError):
                    self.file.write_text(
                        json.dumps({"rows": done, "total": total, "rate": round(rate), "seconds_left": left})
                    )

        yield tell


def progress(imported: Import) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = json.loads((uploads.folder(imported) / "progress.json").read_text())
    except (OSError, ValueError):
        return None
    return found
