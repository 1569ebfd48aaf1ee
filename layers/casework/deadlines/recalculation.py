"""Counting limits anew after the calendar changed: at once where there are few, else as a job."""

from typing import Any

from layers.casework.access.actor import Actor
from layers.casework.models import ACTIVE, Limit
from layers.jobs.models import Job
from layers.jobs.queue import enqueue
from layers.jobs.tasks import JobContext, job
from layers.registry.text import Text
from layers.sentences.sentence import told

from .calendar_changes import recalculate_limits

FEW = 60
"""Cases whose limits are counted while whoever changed the calendar waits."""
KEY = "limits"


def concerned() -> int:
    """How many cases have running limits."""
    return Limit.objects.filter(status__in=ACTIVE).values("case_id").distinct().count()


def begin(by: str, who: Any) -> Job:
    """One that runs already may have passed cases that are concerned, so another follows it."""
    return enqueue(recalculate, by, who=who, key=KEY, is_beside_running=True)


def last() -> Job | None:
    """The newest."""
    return Job.objects.newest_of([KEY]).get(KEY)


@job(title=Text("重新计算办案期限", "Recalculation of limits"), is_repeatable=True)
def recalculate(context: JobContext, by: str) -> dict[str, Any]:
    moved = recalculate_limits(Actor(by), context.progress)
    text = Text(f"{moved} 项期限有变化。", f"{moved} limits moved.")
    return {"moved": moved, "sentence": told(text)}
