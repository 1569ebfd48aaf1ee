"""Counting limits anew after the calendar changed: at once where there are few, else by a process of its own."""

import json
import os
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from layers.casework.access.actor import Actor
from layers.casework.models import ACTIVE, Limit

from .calendar_changes import recalculate_limits

FEW = 60
"""Cases whose limits are counted while whoever changed the calendar waits."""


@dataclass(frozen=True)
class Recalculation:
    """ISO 8601 times; ``moved`` limits are counted once it has finished."""

    by: str
    started: str
    finished: str = ""
    moved: int = 0


def concerned() -> int:
    """How many cases have running limits."""
    return Limit.objects.filter(standing__in=ACTIVE).values("case_id").distinct().count()


def run(by: str) -> Recalculation:
    """Counts everything, and leaves word of how many limits moved."""
    begun = Recalculation(by, _now())
    _leave(begun)
    moved = recalculate_limits(Actor(by))
    done = Recalculation(by, begun.started, _now(), moved)
    _leave(done)
    return done


def begin(by: str) -> None:
    """Start ``manage.py recalculate_limits`` and do not wait for it."""
    _leave(Recalculation(by, _now()))
    with (_file().parent / "recalculation.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, str(Path(settings.ROOT) / "manage.py"), "recalculate_limits", "--by", by],
            cwd=settings.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env=os.environ.copy(),
            start_new_session=True,
        )
    threading.Thread(target=process.wait, daemon=True).start()  # else its number stays taken after its end


def last() -> Recalculation | None:
    """The newest one that was begun on this machine."""
    try:
        return Recalculation(**json.loads(_file().read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _leave(word: Recalculation) -> None:
    file = _file()
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps(asdict(word)), "utf-8")
    draft.replace(file)


def _file() -> Path:
    return Path(settings.DATA) / "recalculation.json"


def _now() -> str:
    return timezone.localtime().isoformat(timespec="seconds")
