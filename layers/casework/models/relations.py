"""What a case is about, and which other cases it has to do with."""

from django.db import models

from layers.registry.text import Text

from .case import Case


class Subject(models.Model):
    """A feature of a layer that the case concerns: premises, a building, a plot, a station."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="subjects", verbose_name=Text("案件", "Case"))
    layer = models.CharField(Text("图层", "Layer"), max_length=40)
    feature = models.BigIntegerField(Text("要素编号", "Feature"))

    class Meta:
        verbose_name = Text("案件涉及对象", "subject of a case")
        verbose_name_plural = Text("案件涉及对象", "subjects of cases")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "layer", "feature"], name="one_subject_once"),
        ]
        indexes = [models.Index(fields=["layer", "feature"], name="subject_feature")]

    def __str__(self) -> str:
        return f"{self.layer}/{self.feature}"


class RelationKind(models.TextChoices):
    FOLLOWS = "follows", Text("承接", "Follows")
    PART = "part", Text("隶属", "Part of")
    CARRIED_OVER = "carried_over", Text("转自", "Carried over from")
    RELATED = "related", Text("相关", "Related to")
    CHILD = "child", Text("子案，主案为", "Sub-task of")


STATED_RELATIONS = [kind for kind in RelationKind if kind is not RelationKind.CHILD]
"""The relations that officers state; a sub-task comes from a step."""


class CaseRelation(models.Model):
    """``case`` follows, is part of, is carried over from or is related to ``other``, or was opened by its ``step``."""

    case = models.ForeignKey(
        Case, models.CASCADE, related_name="relations", verbose_name=Text("案件", "Case")
    )
    other = models.ForeignKey(
        Case, models.CASCADE, related_name="related_from", verbose_name=Text("关联案件", "Other case")
    )
    kind = models.CharField(Text("关系", "Relation"), max_length=16, choices=RelationKind.choices)
    step = models.CharField(Text("步骤", "Step"), max_length=40, blank=True, db_default="")

    class Meta:
        verbose_name = Text("案件关系", "relation of cases")
        verbose_name_plural = Text("案件关系", "relations of cases")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["case", "other"], name="one_relation_of_two_cases"),
            models.CheckConstraint(condition=~models.Q(case=models.F("other")), name="related_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id}"
