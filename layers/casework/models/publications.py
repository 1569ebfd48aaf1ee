"""Publications: what is proposed, who reviewed it, until when it is public."""

from django.db import models

from layers.agencies.models import Officer
from layers.registry.text import Text

from .case import Case


class PublicationStatus(models.TextChoices):
    PROPOSED = "proposed", Text("待审核", "Proposed")
    PUBLISHED = "published", Text("已公示", "Published")
    RETURNED = "returned", Text("退回", "Returned")
    WITHDRAWN = "withdrawn", Text("已撤回", "Withdrawn")
    EXPIRED = "expired", Text("公示期满", "Expired")


class Publication(models.Model):
    """One publication of a case; a case has at most one that is proposed or published."""

    case = models.ForeignKey(
        Case, models.PROTECT, related_name="publications", verbose_name=Text("案件", "Case")
    )
    status = models.CharField(
        Text("公示状态", "Publication"),
        max_length=10,
        choices=PublicationStatus.choices,
        default=PublicationStatus.PROPOSED,
    )
    title = models.CharField(Text("案由", "Matter"), max_length=160)
    party = models.TextField(Text("当事人（脱敏）", "Party, masked"), blank=True)
    summary = models.TextField(Text("摘要（脱敏）", "Summary, masked"), blank=True)
    proposed_by = models.ForeignKey(Officer, models.PROTECT, related_name="+")
    reviewed_by = models.ForeignKey(Officer, models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(Text("提出时间", "Proposed"))
    published_at = models.DateTimeField(Text("公示时间", "Published"), null=True)
    until = models.DateField(Text("公示至", "Public until"), null=True)
    ended_at = models.DateTimeField(Text("结束时间", "Ended"), null=True)
    reason = models.TextField(Text("理由", "Reason"), blank=True)

    class Meta:
        verbose_name = Text("公示", "publication")
        verbose_name_plural = Text("公示", "publications")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(status__in=["proposed", "published"]),
                name="one_passage_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.status}"
