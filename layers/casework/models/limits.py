"""Time limits that run on cases, and what corrects the calendar they are counted by."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models

from ...registry.text import Text
from .case import Case


class LimitStatus(models.TextChoices):
    RUNNING = "running", Text("进行中", "Running")
    STOPPED = "stopped", Text("中止计时", "Clock stopped")
    MET = "met", Text("按期", "Met")
    MISSED = "missed", Text("逾期办结", "Missed")
    DROPPED = "dropped", Text("不再适用", "No longer applies")


class LimitSide(models.TextChoices):
    AGENCY = "agency", Text("机关", "The agency")
    PARTY = "party", Text("当事人", "The party")


ACTIVE = (LimitStatus.RUNNING, LimitStatus.STOPPED)


class Limit(models.Model):
    """A time limit of one case. ``due`` is None while the clock is stopped; ``warn`` is when warnings begin.

    ``of`` says whom it binds, ``measures`` of which marks it tells whether they were in time, as its procedure has it.
    ``extensions`` is a list of {length, unit, role, who, reason, at}, ``pauses`` of {start, end} in ISO 8601.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="limits", verbose_name=Text("案件", "Case"))
    code = models.CharField(Text("期限", "Limit"), max_length=40)
    length = models.PositiveIntegerField(Text("时长", "Length"))
    unit = models.CharField(Text("单位", "Unit"), max_length=16)
    started = models.DateTimeField(Text("起算", "Started"))
    due = models.DateTimeField(Text("届满", "Due"), null=True)
    warn = models.DateTimeField(Text("预警", "Warning from"), null=True)
    ended = models.DateTimeField(Text("完成", "Ended"), null=True)
    status = models.CharField(
        Text("状态", "Status"), max_length=10, choices=LimitStatus.choices, default=LimitStatus.RUNNING
    )
    of = models.CharField(
        Text("约束对象", "Of whom"),
        max_length=8,
        choices=LimitSide.choices,
        default=LimitSide.AGENCY,
        db_default="agency",
    )
    measures = ArrayField(
        models.CharField(max_length=40),
        verbose_name=Text("统计标记", "What it measures"),
        default=list,
        blank=True,
        db_default=[],
    )
    extensions = models.JSONField(Text("延期", "Extensions"), default=list)
    pauses = models.JSONField(Text("中止", "Pauses"), default=list)
    told_overdue = models.BooleanField(default=False)
    told_due = models.BooleanField(default=False, db_default=False)

    class Meta:
        verbose_name = Text("办理期限", "time limit")
        verbose_name_plural = Text("办理期限", "time limits")
        ordering = ["due", "pk"]
        indexes = [
            models.Index(
                fields=["due", "case", "warn"],
                condition=models.Q(status="running"),
                name="limit_running_due",
            ),
            models.Index(
                fields=["case", "status", "due", "ended", "of"],
                include=["measures"],
                condition=~models.Q(status="met"),
                name="limit_case_late",
            ),
            models.Index(
                fields=["case", "of"],
                condition=~models.Q(extensions=[]) | ~models.Q(pauses=[]),
                name="limit_postponed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.due or ''}"

    def status_at(self, now: datetime) -> str:
        """``running``, ``warning``, ``overdue``, ``stopped``, ``met``, ``missed`` or ``dropped``, at a moment."""
        if self.status != LimitStatus.RUNNING or self.due is None:
            return self.status
        if now > self.due:
            return "overdue"
        return "warning" if self.warn and now >= self.warn else "running"

    def is_running(self, now: datetime) -> bool:
        """It has neither ended nor run out; one whose clock stands still has not."""
        return self.status_at(now) in {"running", "warning", "stopped"}


class CalendarDay(models.Model):
    """A day on which the district's calendar differs from the announced one."""

    day = models.DateField(Text("日期", "Day"), unique=True)
    is_working = models.BooleanField(Text("工作日", "Working day"))
    note = models.CharField(Text("说明", "Note"), max_length=120, blank=True)

    class Meta:
        verbose_name = Text("日历调整", "correction of the calendar")
        verbose_name_plural = Text("日历调整", "corrections of the calendar")
        ordering = ["day"]

    def __str__(self) -> str:
        return str(self.day)
