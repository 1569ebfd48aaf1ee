"""Claiming a job and doing it, in the process that asks."""

import logging
from collections import Counter
from collections.abc import Mapping
from typing import Any, cast

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import override
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from layers.sentences.sentence import as_json
from layers.sentences.sentence import gettext as _

from .liveness import LOCK
from .models import Job, QueuedTask
from .outcome import fail
from .progress import JobProgress
from .tasks import JobContext

log = logging.getLogger(__name__)


class JobInterrupted(BaseException):
    """The process is asked to end; why, its worker knows."""


def claim(worker: str, at_once: Mapping[str, int]) -> QueuedTask | None:
    """The next job that may begin, marked as this worker's; ``at_once`` limits a queue in the whole portal."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
        running = Counter(DBTaskResult.objects.running().values_list("queue_name", flat=True))
        full = [queue for queue, most in at_once.items() if running[queue] >= most]
        found = DBTaskResult.objects.ready().exclude(queue_name__in=full).get_locked()
        if found is not None:
            found.claim(worker)
    return found


def run(result: QueuedTask) -> None:
    """Do a claimed job and keep its result, or why there is none."""
    job = Job.objects.get(task_id=result.pk)
    progress = JobProgress(job.pk)
    with override(job.language or None):
        try:
            _succeed(result, _call(result, progress))
        except JobInterrupted:
            raise
        except BaseException as problem:  # noqa: BLE001  whatever ended it is written down
            fail(result, _reason(result, problem), problem)
        finally:
            progress.close()


def _call(result: QueuedTask, progress: JobProgress) -> Any:
    task, known = result.task, cast(Any, result.task_result)
    context = JobContext(task_result=known, progress=progress)
    return task.call(context, *known.args, **known.kwargs)


def _succeed(result: QueuedTask, value: Any) -> None:
    """Unless it was declared dead meanwhile."""
    DBTaskResult.objects.filter(
        pk=result.pk, status=TaskResultStatus.RUNNING, worker_ids=result.worker_ids
    ).update(
        status=TaskResultStatus.SUCCESSFUL,
        finished_at=timezone.now(),
        return_value=as_json(value),
        exception_class_path="",
        traceback="",
    )


def _reason(result: QueuedTask, problem: BaseException) -> str:
    try:
        found = getattr(result.task, "explanation", None)
        said = found(problem) if found else ""
    except ImportError:
        return _("The portal no longer knows how to do this job.")
    if said:
        return said
    log.error("Task %s of job %s failed", result.task_path, result.pk, exc_info=problem)
    return _("A fault of the portal itself ended the job; the administrator finds it in the worker's log.")
