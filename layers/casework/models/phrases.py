"""Wording that comes again and again, an officer's own or a department's."""

from typing import Self

from django.db import models

from layers.agencies.models import Department, Officer
from layers.registry.text import Text


class PhraseQuerySet(models.QuerySet["Phrase"]):
    def offered_to(self, officer: Officer | None) -> Self:
        """The officer's own first, then the department's."""
        if officer is None:
            return self.none()
        whose = models.Q(officer=officer) | models.Q(officer=None, department=officer.department_id)
        return self.filter(whose).order_by("officer", "text")


class Phrase(models.Model):
    """All of a ``department`` use it, or its ``officer`` alone."""

    department = models.ForeignKey(
        Department, models.CASCADE, related_name="phrases", verbose_name=Text("部门", "Department")
    )
    officer = models.ForeignKey(
        Officer,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="phrases",
        verbose_name=Text("人员", "Officer"),
    )
    text = models.CharField(Text("内容", "Text"), max_length=500)

    objects = PhraseQuerySet.as_manager()

    class Meta:
        verbose_name = Text("常用语", "phrase")
        verbose_name_plural = Text("常用语", "phrases")
        ordering = ["officer", "text"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "officer", "text"], nulls_distinct=False, name="one_phrase_once"
            )
        ]

    def __str__(self) -> str:
        return self.text
