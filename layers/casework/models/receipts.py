"""What lets somebody without an account follow one case and act in it."""

from django.db import models

from layers.agencies.models import Officer
from layers.registry.text import Text

from .case import Case


class Receipt(models.Model):
    """``number`` and a secret, of which only the SHA-256 is kept, for whoever acts in ``role``, a role outside.

    ``letters`` that asked to confirm an address were sent.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="receipts", verbose_name=Text("案件", "Case"))
    role = models.CharField(Text("角色", "Role"), max_length=40)
    number = models.CharField(Text("回执号", "Receipt number"), max_length=12, unique=True)
    secret = models.CharField(max_length=64)
    issued_at = models.DateTimeField(Text("出具时间", "Issued"))
    issued_by = models.ForeignKey(
        Officer, models.PROTECT, related_name="+", verbose_name=Text("出具人", "Issued by")
    )
    letters = models.PositiveSmallIntegerField(default=0, db_default=0)
    revoked_at = models.DateTimeField(Text("作废时间", "Revoked"), null=True)

    class Meta:
        verbose_name = Text("案件回执", "receipt of a case")
        verbose_name_plural = Text("案件回执", "receipts of cases")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "role"],
                condition=models.Q(revoked_at=None),
                name="one_receipt_in_force_a_role",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class MailAddress(models.Model):
    """Where the holder of a receipt is told that there is something to read; nothing is sent before it is confirmed.

    ``site`` is scheme and host of the portal as the holder came to it, ``key`` what the links of letters have.
    """

    receipt = models.OneToOneField(Receipt, models.CASCADE, related_name="mail")
    email = models.EmailField(Text("电子邮箱", "E-mail address"), max_length=254)
    site = models.CharField(Text("门户地址", "Address of the portal"), max_length=300)
    key = models.CharField(max_length=40, unique=True)
    asked_at = models.DateTimeField(Text("申请时间", "Asked for"))
    confirmed_at = models.DateTimeField(Text("确认时间", "Confirmed"), null=True)

    class Meta:
        verbose_name = Text("回执通知邮箱", "address of a receipt's holder")
        verbose_name_plural = Text("回执通知邮箱", "addresses of receipts' holders")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.receipt)
