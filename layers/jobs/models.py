"""Work that takes longer than an answer may: who began it, how far it is, what went wrong."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, TypeAlias

from django.db import models
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from layers.registry.text import Text
from layers.sentences.fields import SentenceField
from layers.sentences.sentence import from_json

QueuedTask: TypeAlias = DBTaskResult[Any, Any]
"""A row of the library's queue: arguments, times and result of a task."""


class JobState(models.TextChoices):
    QUEUED = "queued", Text("排队中", "Queued")
    RUNNING = "running", Text("进行中", "Running")
    CANCELLING = "cancelling", Text("正在取消", "Being cancelled")
    DONE = "done", Text("已完成", "Done")
    FAILED = "failed", Text("失败", "Failed")
    CANCELLED = "cancelled", Text("已取消", "Cancelled")


ACTIVE = (TaskResultStatus.READY, TaskResultStatus.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    def active(self) -> "JobQuerySet":
        """Queued or running."""
        return self.filter(task__status__in=ACTIVE)

    def newest_of(self, keys: Iterable[str]) -> dict[str, "Job"]:
        """The newest job of each key."""
        found = self.filter(key__in=[key for key in keys if key]).select_related("task").order_by("pk")
        return {job.key: job for job in found}


class Job(models.Model):
    """What people want to know of a task in the queue, whose arguments, times and result lie in ``task``.

    ``key`` names what the job is about, such as ``import:7``, ``url`` the page about it. ``rate`` is units a second,
    ``deaths`` the times its process or worker was killed. Who began it is kept by number and name, since accounts
    lie above this package.
    """

    task = models.OneToOneField(DBTaskResult, models.CASCADE, related_name="job")
    key = models.CharField(max_length=120, blank=True, db_default="", db_index=True)
    subject = models.CharField(Text("对象", "Subject"), max_length=300, blank=True, db_default="")
    url = models.CharField(max_length=300, blank=True, db_default="")
    owner_id = models.BigIntegerField(null=True, db_index=True)
    owner = models.CharField(Text("发起人", "Begun by"), max_length=150, blank=True, db_default="")
    language = models.CharField(max_length=10, blank=True, db_default="")
    phase = SentenceField(blank=True, db_default="")
    done = models.BigIntegerField(db_default=0, default=0)
    total = models.BigIntegerField(null=True)
    rate = models.FloatField(null=True)
    progressed_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_by = models.CharField(max_length=150, blank=True, db_default="")
    deaths = models.SmallIntegerField(db_default=0, default=0)
    reason = SentenceField(Text("原因", "Reason"), blank=True, db_default="")

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = Text("后台任务", "job")
        verbose_name_plural = Text("后台任务", "jobs")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return " · ".join(part for part in (str(self.title), self.subject) if part)

    @property
    def title(self) -> Text | str:
        """What kind of work it is; the function's name where the portal knows the work no more."""
        try:
            task: Any = self.task.task
        except ImportError:
            return self.task.task_name
        return getattr(task, "title", None) or self.task.task_name

    @property
    def state(self) -> JobState:
        match self.task.status:
            case TaskResultStatus.READY:
                return JobState.QUEUED
            case TaskResultStatus.RUNNING:
                return JobState.CANCELLING if self.cancelled_at else JobState.RUNNING
            case TaskResultStatus.SUCCESSFUL:
                return JobState.DONE
        return JobState.CANCELLED if self.cancelled_at else JobState.FAILED

    @property
    def is_active(self) -> bool:
        return self.task.status in ACTIVE

    @property
    def begun_at(self) -> datetime | None:
        return self.task.started_at

    @property
    def ended_at(self) -> datetime | None:
        return self.task.finished_at

    @property
    def result(self) -> Any:
        """What the work returned, as JSON, its sentences in the reader's language; None until it is done."""
        return from_json(self.task.return_value)

    @property
    def seconds_left(self) -> float | None:
        """Estimated by the rate so far; None where that or the total is not known."""
        if self.state != JobState.RUNNING or not (self.total and self.rate and self.progressed_at):
            return None
        since = (timezone.now() - self.progressed_at).total_seconds()
        return max(0.0, (self.total - self.done) / self.rate - since)

    @property
    def queue_position(self) -> int | None:
        """How many jobs of the same queue begin before it; None once it began."""
        if self.state != JobState.QUEUED:
            return None
        waiting = DBTaskResult.objects.ready().filter(queue_name=self.task.queue_name)
        return waiting.filter(enqueued_at__lt=self.task.enqueued_at).count()


class JobLogEntry(models.Model):
    """What befell a job, in a sentence."""

    job = models.ForeignKey(Job, models.CASCADE, related_name="log")
    at = models.DateTimeField(Text("时间", "At"), default=timezone.now)
    text = SentenceField(Text("内容", "Text"))

    class Meta:
        verbose_name = Text("任务日志", "job log entry")
        verbose_name_plural = Text("任务日志", "job log entries")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.text)
