"""How the account of a case stands: counted from its log when a step is taken, for figures over many cases."""

from django.db import models

from layers.registry.text import Text

from .case import Case


def yuan(title: Text) -> "models.DecimalField[object, object]":
    return models.DecimalField(title, max_digits=14, decimal_places=2, default=0)


class Account(models.Model):
    """Yuan. ``due`` is the last day to pay, ``owed`` what was owed at the last step: only the log says what is today."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="account")
    decided = yuan(Text("应缴", "Decided"))
    paid = yuan(Text("已缴", "Paid"))
    owed = yuan(Text("未缴", "Owed"))
    due = models.DateField(Text("缴纳期限", "Due"), null=True)

    class Meta:
        verbose_name = Text("案件账目", "account of a case")
        verbose_name_plural = Text("案件账目", "accounts of cases")

    def __str__(self) -> str:
        return f"{self.case_id} {self.owed}"
