"""What happened to cases: events are added and never changed, and each is sealed with all before it."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField

from layers.agencies.models import Officer
from layers.coordinates import STORE_SRID
from layers.registry.text import Text

from .case import Case


class EventKind(models.TextChoices):
    OPENED = "opened", Text("受理", "Opened")
    STEP = "step", Text("办理", "Step")
    NOTE = "note", Text("记录", "Note")
    ASSIGNED = "assigned", Text("指派", "Assigned")
    REMINDED = "reminded", Text("催办", "Reminder")
    HANDED_OVER = "handed_over", Text("移送", "Handed over")
    SHARED = "shared", Text("联合办理", "Made joint")
    JOINED = "joined", Text("并案", "Joined")
    MOVED = "moved", Text("更正位置", "Position corrected")
    PARTY = "party", Text("更正当事人", "Party corrected")
    EXTENDED = "extended", Text("延期", "Extended")
    EXTENSION_ASKED = "more_time", Text("申请延期", "Extension asked for")
    OVERDUE = "overdue", Text("逾期", "Overdue")
    RECALCULATED = "recalculated", Text("重新计算期限", "Recalculated")
    EVIDENCE = "evidence", Text("证据", "Evidence")
    DOCUMENT = "document", Text("文书", "Document")
    PUBLICATION = "publication", Text("公示", "Publication")
    CONCERNS = "concerns", Text("涉及对象与关联", "Subjects and relations")
    RECEIPT = "receipt", Text("回执", "Receipt")
    CONSULTATION = "consultation", Text("征求意见", "Consultation")
    SUBTASK = "subtask", Text("子案", "Sub-task")
    PARENT = "parent", Text("主案", "Case of the sub-task")
    TOLD = "told", Text("告知", "Told")
    WRITTEN = "written", Text("直接修改", "Written directly")


HISTORY = (EventKind.OPENED, EventKind.STEP)
"""The kinds of events by which a case comes from state to state."""


class MapSnapshot(models.Model):
    """The layers around a case as they stood: feature collections by layer, kept once for equal content."""

    sha256 = models.CharField("SHA-256", max_length=64, primary_key=True)
    content = models.JSONField()

    class Meta:
        verbose_name = Text("周边图层快照", "map snapshot")
        verbose_name_plural = Text("周边图层快照", "map snapshot")

    def __str__(self) -> str:
        return self.sha256


class Event(models.Model):
    """One thing that happened. ``at`` is the server's time, ``device_time`` the device's; ``accuracy`` metres.

    ``marks`` are what figures count by it, None for nothing.
    """

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="events", verbose_name=Text("案件", "Case"), db_index=False
    )
    kind = models.CharField(Text("事项", "Kind"), max_length=16, choices=EventKind.choices)
    step = models.CharField(Text("步骤", "Step"), max_length=40, blank=True, db_default="")
    marks = ArrayField(
        models.CharField(max_length=40), verbose_name=Text("统计标记", "Marks"), null=True, blank=True
    )
    before = models.CharField(Text("原状态", "State before"), max_length=40, blank=True, db_default="")
    after = models.CharField(Text("新状态", "State after"), max_length=40, blank=True, db_default="")
    officer = models.ForeignKey(
        Officer,
        models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=Text("人员", "Officer"),
        db_index=False,
    )
    partner = models.ForeignKey(
        Officer, models.PROTECT, null=True, related_name="+", verbose_name=Text("协办人", "Second officer")
    )
    who = models.CharField(Text("姓名", "Name"), max_length=150, blank=True, db_default="")
    at = models.DateTimeField(Text("时间", "Time"))
    device_time = models.DateTimeField(Text("设备时间", "Time of the device"), null=True)
    position = models.PointField(Text("位置", "Position"), srid=STORE_SRID, null=True, spatial_index=False)
    accuracy = models.FloatField(Text("精度（米）", "Accuracy, metres"), null=True)
    data = models.JSONField(Text("内容", "Content"), default=dict)
    map_snapshot = models.ForeignKey(MapSnapshot, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        verbose_name = Text("办案记录", "event")
        verbose_name_plural = Text("办案记录", "events")
        ordering = ["pk"]
        # Those of two columns serve their first one too.
        indexes = [
            models.Index(fields=["officer", "at"], name="event_officer_at"),
            models.Index(fields=["case", "kind"], name="event_case_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.step}"


class CaseSummary(models.Model):
    """What figures ask of a case's log and limits: all its marks, the posts that those who took steps held when they
    did, and the marks measured by limits of the agency that were late when they ended, with "" for each of these limits.

    The database keeps it as events and limits are written (``sql/case_summary.sql``); lists are in order and without
    repetition. ``next_due`` is the first time at which a limit of the agency runs out that has not ended.
    """

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="summary")
    marks = ArrayField(models.CharField(max_length=40), default=list)
    posts = ArrayField(models.CharField(max_length=40), default=list)
    late_marks = ArrayField(models.CharField(max_length=40), default=list, db_default=[])
    next_due = models.DateTimeField(null=True)

    class Meta:
        verbose_name = Text("案件统计摘要", "summary of a case")
        verbose_name_plural = Text("案件统计摘要", "summaries of cases")

    def __str__(self) -> str:
        return str(self.case_id)


class Seal(models.Model):
    """The chain: SHA-256 over the previous hash and the event, made by the database when it commits."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.OneToOneField(Event, models.PROTECT, related_name="seal")
    hash = models.BinaryField()

    class Meta:
        verbose_name = Text("记录封印", "seal")
        verbose_name_plural = Text("记录封印", "seals")

    def __str__(self) -> str:
        return str(self.seq)


class DayCorrection(models.Model):
    """What an officer adds to the record of a working day; corrections are added, nothing is erased."""

    officer = models.ForeignKey(Officer, models.PROTECT, related_name="corrections")
    day = models.DateField(Text("日期", "Day"))
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="corrections")
    text = models.TextField(Text("说明", "Correction"))
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = Text("工作日志更正", "correction of a day's record")
        verbose_name_plural = Text("工作日志更正", "corrections of days' records")
        ordering = ["pk"]
        indexes = [models.Index(fields=["officer", "day"], name="correction_officer_day")]

    def __str__(self) -> str:
        return self.text[:60]
