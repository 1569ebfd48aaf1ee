"""Administrative enforcement cases of the departments, and what is decided in them."""

from django.db import models

from ..casework.models import Case, CaseExtension, OfFamily
from ..registry.text import Text
from .library.models import DiscretionGrade, Grade, Violation

__all__ = ["DiscretionGrade", "EnforcementCase", "Grade", "PenaltyDecision", "PenaltyKind", "Violation"]


class EnforcementCase(OfFamily, Case):
    FAMILY = "enforcement"

    class Meta:
        proxy = True
        verbose_name = Text("执法案件", "enforcement case")
        verbose_name_plural = Text("执法案件", "enforcement cases")
        ordering = ["-reported", "-pk"]


class PenaltyKind(models.TextChoices):
    """Kinds of Art. 9 of the Administrative Penalty Law."""

    WARNING = "warning", Text("警告、通报批评", "Warning or public criticism")
    FINE = "fine", Text("罚款、没收", "Fine or confiscation")
    LICENCE = "licence", Text("暂扣、降低、吊销许可", "Licence suspended, downgraded or revoked")
    ACTIVITY = "activity", Text("限制经营、责令停产停业", "Activity restricted or closed")
    DETENTION = "detention", Text("行政拘留", "Detention")
    NONE = "none", Text("不予处罚", "No penalty")


class PenaltyDecision(CaseExtension):
    """What is proposed, and in the end decided; amounts are yuan."""

    penalty = models.CharField(
        Text("处罚种类", "Penalty"), max_length=12, choices=PenaltyKind.choices, blank=True
    )
    fine = models.DecimalField(
        Text("罚款金额", "Fine"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    decision_number = models.CharField(Text("决定书文号", "Decision number"), max_length=60, blank=True)

    class Meta:
        verbose_name = Text("处罚决定", "penalty decision")
        verbose_name_plural = Text("处罚决定", "penalty decisions")

    def __str__(self) -> str:
        return f"{self.case_id} {self.decision_number}"
