"""Who takes part in a case besides its principal party, whom the case's own columns hold."""

from django.db import models

from layers.registry.text import Text

from .case import Case
from .codes import PartyKind


class Party(models.Model):
    """``role`` is a code of the case's procedure; ``head`` leads the organisation, ``representative`` acts for the party."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="parties", verbose_name=Text("案件", "Case"))
    role = models.CharField(Text("身份", "Takes part as"), max_length=40)
    kind = models.CharField(
        Text("类型", "Kind"),
        max_length=12,
        choices=[each for each in PartyKind.choices if each[0] != PartyKind.NONE],
    )
    name = models.CharField(Text("姓名或名称", "Name"), max_length=120)
    identity = models.CharField(Text("证件号码", "Identity number"), max_length=20, blank=True)
    phone = models.CharField(Text("电话", "Telephone"), max_length=40, blank=True)
    address = models.CharField(Text("住址（住所地）", "Address"), max_length=200, blank=True)
    head = models.CharField(Text("法定代表人（负责人）", "Legal representative"), max_length=120, blank=True)
    representative = models.CharField(Text("代理人", "Representative"), max_length=120, blank=True)

    class Meta:
        verbose_name = Text("案件参与人", "party of a case")
        verbose_name_plural = Text("案件参与人", "parties of cases")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
