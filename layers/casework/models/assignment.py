"""To whom a department's new cases go by themselves."""

from django.db import models

from ...agencies.models import Department, ResponsibleBody
from ...base.models import GridCell
from ...registry.text import Text


class AssignmentRule(models.Model):
    """Cases of a ``category`` and of a grid cell, both of them all where nothing is said, go to whoever of the
    department holds the ``post``, in the ``body`` if one is named, and has the fewest open cases. The rule with the lowest
    ``order`` that fits and finds somebody counts."""

    department = models.ForeignKey(
        Department, models.CASCADE, related_name="assignment_rules", verbose_name=Text("部门", "Department")
    )
    order = models.PositiveSmallIntegerField(Text("顺序", "Order"), default=1)
    category = models.CharField(
        Text("问题类别代码（不填为全部）", "Code of the category, all if left empty"),
        max_length=40,
        blank=True,
        default="",
    )
    grid_cell = models.ForeignKey(
        GridCell,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=Text("单元网格（不填为全部）", "Grid cell, all if left empty"),
    )
    post = models.CharField(Text("岗位代码", "Code of the post"), max_length=24)
    body = models.ForeignKey(
        ResponsibleBody,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=Text("责任单位", "Responsible body"),
    )

    class Meta:
        verbose_name = Text("自动指派规则", "assignment rule")
        verbose_name_plural = Text("自动指派规则", "assignment rules")
        ordering = ["department", "order", "pk"]

    def __str__(self) -> str:
        return f"{self.department} {self.order}"
