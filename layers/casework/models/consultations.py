"""Departments that a case asks for their opinion, each with its own time."""

from django.db import models

from layers.agencies.models import Department, Officer
from layers.registry.text import Text

from .case import Case


class ConsultationStatus(models.TextChoices):
    WAITING = "waiting", Text("待回复", "Waiting")
    ANSWERED = "answered", Text("已回复", "Answered")
    SILENT = "silent", Text("逾期未回复", "No answer in time")
    DROPPED = "dropped", Text("不再征求", "No longer asked")


class Opinion(models.TextChoices):
    AGREES = "agrees", Text("同意", "Agrees")
    OBJECTS = "objects", Text("不同意", "Objects")


class Consultation(models.Model):
    """``step`` asked for it; ``opinion`` is "" until there is one. Silence has one only where the procedure says so."""

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="consultations", verbose_name=Text("案件", "Case")
    )
    step = models.CharField(Text("步骤", "Step"), max_length=40)
    department = models.ForeignKey(
        Department,
        models.PROTECT,
        related_name="+",
        verbose_name=Text("征求部门", "Department"),
        db_index=False,
    )
    asked_at = models.DateTimeField(Text("征求时间", "Asked"))
    due = models.DateTimeField(Text("回复期限", "Due"))
    status = models.CharField(
        Text("状态", "Status"),
        max_length=10,
        choices=ConsultationStatus.choices,
        default=ConsultationStatus.WAITING,
    )
    opinion = models.CharField(Text("意见", "Opinion"), max_length=10, choices=Opinion.choices, blank=True)
    text = models.TextField(Text("说明", "Explanation"), blank=True)
    officer = models.ForeignKey(
        Officer, models.PROTECT, null=True, related_name="+", verbose_name=Text("回复人", "Answered by")
    )
    answered_at = models.DateTimeField(Text("回复时间", "Answered"), null=True)

    class Meta:
        verbose_name = Text("征求意见", "consultation")
        verbose_name_plural = Text("征求意见", "consultations")
        ordering = ["pk"]
        indexes = [
            models.Index(
                fields=["department", "due"],
                condition=models.Q(status="waiting"),
                name="consultation_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.department_id} {self.status}"
