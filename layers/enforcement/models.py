"""Administrative enforcement cases of the departments."""

from typing import Any, ClassVar

from django.db import models

from ..casework.models import Case
from ..registry.text import Text

FAMILY = "enforcement"


class EnforcementCases(models.Manager["EnforcementCase"]):
    def get_queryset(self) -> "models.QuerySet[EnforcementCase]":
        return super().get_queryset().filter(family=FAMILY)


class EnforcementCase(Case):
    objects: ClassVar[EnforcementCases] = EnforcementCases()

    class Meta:
        proxy = True
        verbose_name = Text("执法案件", "enforcement case")
        verbose_name_plural = Text("执法案件", "enforcement cases")
        ordering = ["-reported", "-pk"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not args:
            kwargs.setdefault("family", FAMILY)
        super().__init__(*args, **kwargs)
