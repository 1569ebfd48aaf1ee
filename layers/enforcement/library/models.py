"""The library of violations: what is unlawful, by which clause it is punished, and how much is imposed for what."""

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from layers.agencies.models import Department
from layers.registry.models import Feature
from layers.registry.text import Text


class Violation(Feature):
    """An item of a department's list. Amounts are yuan, the range the clause gives; none where it gives a proportion.

    ``base`` says what the range holds for, or what the proportion is of. An item whose clause changes is ended
    (``valid_until`` is its last day) and followed by one of another code: cases keep what was so.
    """

    code = models.CharField(Text("事项编码", "Item code"), max_length=40, unique=True)
    name = models.CharField(Text("违法行为", "Violation"), max_length=160)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=200, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=Text("执法部门", "Department"))
    violated = models.CharField(Text("违反条款", "Clause violated"), max_length=200)
    penalised = models.CharField(Text("处罚依据", "Penalty clause"), max_length=200)
    measures = models.CharField(Text("罚款以外的处理", "Besides a fine"), max_length=300, blank=True)
    base = models.CharField(Text("幅度说明", "What the range holds for"), max_length=200, blank=True)
    least = models.DecimalField(
        Text("最低罚款", "Least fine"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    most = models.DecimalField(
        Text("最高罚款", "Highest fine"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    valid_from = models.DateField(Text("生效日期", "Valid from"))
    valid_until = models.DateField(Text("失效日期", "Valid until"), null=True, blank=True)

    class Meta:
        verbose_name = Text("违法事项", "violation")
        verbose_name_plural = Text("违法事项库", "library of violations")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(least__lte=F("most")), name="violation_range"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="violation_validity",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Grade(models.TextChoices):
    MITIGATED = "mitigated", Text("减轻", "Below the range")
    LIGHTER = "lighter", Text("从轻", "Lighter")
    ORDINARY = "ordinary", Text("一般", "Ordinary")
    HEAVIER = "heavier", Text("从重", "Heavier")


class DiscretionGrade(Feature):
    """One grade of the discretion standard for one violation: from ``least`` to ``most`` yuan, both included."""

    violation = models.ForeignKey(
        Violation, models.CASCADE, related_name="grades", verbose_name=Text("违法行为", "Violation")
    )
    grade = models.CharField(Text("裁量档次", "Grade"), max_length=12, choices=Grade.choices)
    circumstances = models.CharField(Text("适用情形", "Where it applies"), max_length=300)
    least = models.DecimalField(
        Text("罚款下限", "From"), max_digits=12, decimal_places=2, validators=[MinValueValidator(0)]
    )
    most = models.DecimalField(Text("罚款上限", "To"), max_digits=12, decimal_places=2)

    class Meta:
        verbose_name = Text("裁量档次", "discretion grade")
        verbose_name_plural = Text("裁量基准", "discretion standard")
        ordering = ["violation", "least", "pk"]
        constraints = [
            models.UniqueConstraint(fields=("violation", "grade"), name="discretion_once"),
            models.CheckConstraint(condition=Q(least__gte=0, least__lte=F("most")), name="discretion_range"),
        ]

    def __str__(self) -> str:
        return f"{self.violation} {self.get_grade_display()}"
