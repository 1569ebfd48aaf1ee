"""Administrative enforcement cases of the departments."""

from ..casework.models import Case, OfFamily
from ..registry.text import Text


class EnforcementCase(OfFamily, Case):
    FAMILY = "enforcement"

    class Meta:
        proxy = True
        verbose_name = Text("执法案件", "enforcement case")
        verbose_name_plural = Text("执法案件", "enforcement cases")
        ordering = ["-reported", "-pk"]
