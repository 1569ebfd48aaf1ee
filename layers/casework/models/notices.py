"""What must be told to whom: written with what it tells of, delivered by a channel afterwards."""

from django.db import models

from layers.agencies.models import Officer
from layers.registry.text import Text

from .case import Case
from .events import Event
from .limits import Limit


class NoticeKind(models.TextChoices):
    STEP = "step", Text("办理", "A step was taken")
    NEW = "new", Text("新案件", "New case")
    ASSIGNED = "assigned", Text("指派", "Assigned to you")
    REMINDED = "reminded", Text("催办", "Reminder")
    HANDED_OVER = "handed_over", Text("移送", "Handed over to your department")
    SHARED = "shared", Text("联合办理", "To be handled together")
    EXTENDED = "extended", Text("延期", "Extended")
    TO_EXTEND = "to_extend", Text("待批延期", "Extension asked for")
    DUE = "due", Text("即将到期", "Due soon")
    OVERDUE = "overdue", Text("逾期", "Overdue")
    ASKED = "asked", Text("征求意见", "Your opinion is asked")
    ANSWERED = "answered", Text("意见已回复", "Opinion given")
    CONFIRM = "confirm", Text("待确认证据", "Evidence to confirm")
    SUBTASK = "subtask", Text("子案", "Sub-task")


class Addressee(models.TextChoices):
    OFFICER = "officer", Text("办案人员", "Officer")
    PARTY = "party", Text("当事人", "Party")
    REPORTER = "reporter", Text("举报人", "Reporter")


PORTAL = "portal"
"""The channel where a notice itself is what is read."""


class Notice(models.Model):
    """One of an event, or of a limit that is due, by one channel; it holds no words of its own, and nothing personal.

    What is for an officer is delivered in the portal. What is for somebody outside waits until it is read by a
    receipt or an officer says that it was told. By other channels it waits until it was sent: ``send_at`` is when to
    try next, ``failed_at`` when nobody tries any more, ``problem`` why not.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="notices", verbose_name=Text("案件", "Case"))
    kind = models.CharField(Text("事项", "Kind"), max_length=12, choices=NoticeKind.choices)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="notices", db_index=False)
    limit = models.ForeignKey(Limit, models.CASCADE, null=True, related_name="notices", db_index=False)
    addressee = models.CharField(Text("告知对象", "To"), max_length=10, choices=Addressee.choices)
    officer = models.ForeignKey(
        Officer,
        models.CASCADE,
        null=True,
        related_name="notices",
        verbose_name=Text("人员", "Officer"),
        db_index=False,
    )
    channel = models.CharField(Text("告知渠道", "Channel"), max_length=16, default=PORTAL, db_default=PORTAL)
    attempts = models.PositiveSmallIntegerField(Text("发送次数", "Attempts"), default=0, db_default=0)
    send_at = models.DateTimeField(Text("计划发送时间", "To be sent"), null=True)
    failed_at = models.DateTimeField(Text("停止发送时间", "Given up"), null=True)
    problem = models.CharField(Text("未发送原因", "Problem"), max_length=200, blank=True, db_default="")
    made_at = models.DateTimeField(Text("时间", "Time"))
    delivered_at = models.DateTimeField(Text("告知时间", "Delivered"), null=True)
    read_at = models.DateTimeField(Text("阅读时间", "Read"), null=True)

    class Meta:
        verbose_name = Text("通知", "notice")
        verbose_name_plural = Text("通知", "notices")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["officer", "-id"], name="notice_officer"),
            models.Index(
                fields=["officer"], condition=models.Q(read_at=None, channel=PORTAL), name="notice_unread"
            ),
            models.Index(
                fields=["channel", "send_at"],
                condition=models.Q(delivered_at=None, failed_at=None, send_at__isnull=False),
                name="notice_to_send",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.case_id}"
