"""Who takes part in a case."""

from django.db import models

from layers.registry.text import Text

from .case import Case
from .codes import PartyKind


class Party(models.Model):
    """``role`` is a code of the case's procedure, which the database fills in for the principal party; ``head`` leads
    the organisation, ``representative`` acts for the party. A case takes its parties along: the database sees to it,
    however it is removed.
    """

    case = models.ForeignKey(
        Case, models.DO_NOTHING, related_name="parties", verbose_name=Text("案件", "Case")
    )
    role = models.CharField(Text("身份", "Takes part as"), max_length=40)
    is_principal = models.BooleanField(
        Text("案件当事人", "Principal party"), default=False, db_default=False, editable=False
    )
    kind = models.CharField(Text("类型", "Kind"), max_length=12, choices=PartyKind.choices)
    name = models.CharField(Text("姓名或名称", "Name"), max_length=120, blank=True)
    identity = models.CharField(Text("证件号码", "Identity number"), max_length=20, blank=True)
    phone = models.CharField(Text("电话", "Telephone"), max_length=40, blank=True)
    address = models.CharField(Text("住址（住所地）", "Address"), max_length=200, blank=True)
    head = models.CharField(Text("法定代表人（负责人）", "Legal representative"), max_length=120, blank=True)
    representative = models.CharField(Text("代理人", "Representative"), max_length=120, blank=True)

    class Meta:
        verbose_name = Text("案件参与人", "party of a case")
        verbose_name_plural = Text("案件参与人", "parties of cases")
        ordering = ["-is_principal", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=models.Q(is_principal=True), name="one_principal"
            ),
        ]

    def __str__(self) -> str:
        return self.name
