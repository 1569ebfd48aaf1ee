"""How a job ends that does not succeed, and what is said of it."""

import logging
from traceback import format_exception

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop, override
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from layers.sentences.sentence import gettext as _

from .models import ACTIVE, Job, JobLogEntry, QueuedTask
from .notification import notify_workers

MOST_DEATHS = 2
"""A job whose process or worker was killed so often is not tried again."""
STOPPED = gettext_noop("The portal was stopped while the job ran.")
ORPHANED = gettext_noop("The job's worker was killed.")
KILLED = gettext_noop("The job's process was killed; a system that runs out of memory does that.")
BROKEN = gettext_noop("The job's process broke off.")

log = logging.getLogger(__name__)


def fail(result: QueuedTask, reason: str, problem: BaseException | None = None) -> None:
    """End a job with a sentence, once; what it is about is told first."""
    _call_on_failure(result, reason)
    with transaction.atomic():
        ended = DBTaskResult.objects.filter(pk=result.pk, status__in=ACTIVE).update(
            status=TaskResultStatus.FAILED,
            finished_at=timezone.now(),
            exception_class_path="" if problem is None else _path(type(problem)),
            traceback="" if problem is None else "".join(format_exception(problem)),
        )
        if ended:
            Job.objects.filter(task_id=result.pk).update(reason=reason)
            note(result, reason)


def _call_on_failure(result: QueuedTask, reason: str) -> None:
    try:
        told = getattr(result.task, "on_failure", None)
        if told is not None:
            told(reason, *result.args_kwargs["args"], **result.args_kwargs["kwargs"])
    except Exception:
        log.exception("What task %s is about was not told of its failure", result.task_path)


def end_interrupted(result: QueuedTask, how: str, *, is_stopped: bool = False) -> None:
    """A job whose process or worker is gone: cancelled, queued again or dead. ``how`` is the sentence that says what
    became of it; ``is_stopped`` that its worker was stopped in an orderly way."""
    current = DBTaskResult.objects.select_related("job").get(pk=result.pk)
    if current.status != TaskResultStatus.RUNNING or current.worker_ids != result.worker_ids:
        return
    job: Job = current.job
    with override(job.language or None):
        if job.cancelled_at:
            fail(current, cancellation_sentence(job))
            return
        if not is_stopped:
            job.deaths += 1
            job.save(update_fields=["deaths"])
        if job.deaths >= MOST_DEATHS:
            fail(current, _("%(how)s It happened %(count)d times.") % {"how": _(how), "count": job.deaths})
        elif _is_repeatable(current):
            _queue_again(current, how)
        else:
            fail(current, _("%(how)s Begin it again.") % {"how": _(how)})


def _queue_again(result: QueuedTask, how: str) -> None:
    again = DBTaskResult.objects.filter(pk=result.pk, status=TaskResultStatus.RUNNING)
    with transaction.atomic():
        if again.update(status=TaskResultStatus.READY, started_at=None):
            Job.objects.filter(task_id=result.pk).update(done=0, total=None, rate=None, progressed_at=None)
            note(result, _("%(how)s It is queued again.") % {"how": _(how)})
            notify_workers()


def _is_repeatable(result: QueuedTask) -> bool:
    try:
        return bool(getattr(result.task, "is_repeatable", False))
    except ImportError:
        return False


def cancellation_sentence(job: Job) -> str:
    with override(job.language or None):
        return _("%(who)s cancelled the job.") % {"who": job.cancelled_by}


def note(result: QueuedTask, text: str) -> None:
    JobLogEntry.objects.create(job=Job.objects.get(task_id=result.pk), text=text)


def _path(kind: type[BaseException]) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"
