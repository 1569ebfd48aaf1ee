"""Cases: what every procedure keeps of one. Rooms extend :class:`Case` with a proxy for their family."""

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db.models import Case as Choice
from django.db.models import F, When
from django.db.models.expressions import OrderBy, RawSQL

from ...agencies.models import Department, Officer
from ...base.models import Division, GridCell
from ...coordinates import STORE_SRID
from ...registry.audience import Audience
from ...registry.models import PointFeature, mercator
from ...registry.text import Text
from ..phases import Phase
from .codes import LeadSource, PartyKind
from .procedures import ProcedureVersion

PERSON = models.Q(party_kind=PartyKind.PERSON)
GENERALISED = PERSON | models.Q(is_generalised=True)
OPEN = models.Q(closed=None)
SHOWN = models.Q(visibility__lte=Audience.SIGNED_IN)
WHEN = "COALESCE(reported AT TIME ZONE 'Asia/Shanghai', filed::timestamp)"
"""By what cases are in order; of others' cases only the day of filing is shown, so it stands for the time there."""


def newest_first(sql: str) -> tuple[OrderBy, OrderBy]:
    at = RawSQL(sql, ())  # noqa: S611 - the two texts of this module
    return at.desc(nulls_last=True), models.F("id").desc()


class Case(PointFeature):
    """A case; exact position and party are the departments', the public sees a cell for natural persons.

    ``procedure`` is the code of the text that the case's version extends in the end; ``phase`` is that of ``state``.
    ``joint`` are codes of departments that handle it together with the own one. ``facts`` holds the flags and
    fields that steps asked for. ``revision`` grows with every action; ``key`` is the sender's own, so that what
    is sent twice is one case. ``title`` is for work; those outside read ``shown_title``, what was published or else the
    category. A natural person's case, and one that its procedure ``is_generalised`` for, is public at a cell: at
    ``public_geom``, which the database keeps.
    ``area`` is EPSG:4490 where the procedure asks for an outline.
    """

    family = models.CharField(Text("类别", "Family"), max_length=32)
    number = models.CharField(Text("案号", "Case number"), max_length=60, unique=True)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=Text("承办部门", "Department"))
    joint = ArrayField(
        models.CharField(max_length=16),
        verbose_name=Text("联合办理部门", "Joint with"),
        default=list,
        blank=True,
        db_default=[],
    )
    title = models.CharField(Text("案由", "Matter"), max_length=160)
    category = models.CharField(Text("类别", "Category"), max_length=80)
    procedure = models.CharField(Text("程序", "Procedure"), max_length=40)
    version = models.ForeignKey(
        ProcedureVersion, models.PROTECT, null=True, blank=True, verbose_name=Text("程序版本", "Version")
    )
    state = models.CharField(Text("状态", "State"), max_length=40)
    phase = models.CharField(Text("阶段", "Phase"), max_length=12, choices=Phase.choices)
    lead_source = models.CharField(Text("线索来源", "Lead"), max_length=12, choices=LeadSource.choices)
    description = models.TextField(Text("案情", "Facts"), blank=True)
    facts = models.JSONField(Text("事项", "Matters stated"), default=dict, blank=True, db_default={})
    party_kind = models.CharField(Text("当事人类型", "Party"), max_length=12, choices=PartyKind.choices)
    party_name = models.CharField(Text("当事人", "Party's name"), max_length=120, blank=True)
    party_id = models.CharField(Text("证件号码", "Party's identity number"), max_length=20, blank=True)
    party_phone = models.CharField(Text("当事人电话", "Party's telephone"), max_length=40, blank=True)
    address = models.CharField(Text("发生地址", "Address"), max_length=200, blank=True)
    area = models.MultiPolygonField(Text("范围", "Area"), srid=STORE_SRID, null=True, blank=True)
    accuracy = models.FloatField(
        Text("定位精度（米）", "Accuracy of the position, metres"), null=True, blank=True
    )
    division = models.ForeignKey(
        Division, models.SET_NULL, null=True, blank=True, verbose_name=Text("所属社区", "Division")
    )
    grid_cell = models.ForeignKey(
        GridCell, models.SET_NULL, null=True, blank=True, verbose_name=Text("单元网格", "Grid cell")
    )
    officers = models.CharField(Text("执法人员", "Officers"), max_length=120, blank=True)
    handler = models.ForeignKey(
        Officer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="handled",
        db_index=False,
        verbose_name=Text("主办人", "Handler"),
    )
    partner = models.ForeignKey(
        Officer,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=Text("协办人", "Second officer"),
    )
    joined_to = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="joined",
        verbose_name=Text("并入案件", "Joined to"),
    )
    reported = models.DateTimeField(Text("发现时间", "Reported"))
    filed = models.DateField(Text("立案日期", "Filed"), null=True, blank=True)
    due = models.DateTimeField(Text("办理期限", "Due"), null=True, blank=True)
    closed = models.DateField(Text("结案日期", "Closed"), null=True, blank=True)
    outcome = models.CharField(Text("结案方式", "Outcome"), max_length=24, blank=True, db_default="")
    resolution = models.TextField(Text("处理结果", "Resolution"), blank=True)
    visibility = models.SmallIntegerField(
        Text("可见范围", "Visible to"), choices=Audience.choices, db_default=Audience.DEPARTMENT
    )
    title_public = models.CharField(
        Text("公示案由", "Matter as published"), max_length=160, blank=True, db_default=""
    )
    party_public = models.TextField(Text("公示当事人", "Party as published"), blank=True, db_default="")
    summary_public = models.TextField(Text("公示摘要", "Published summary"), blank=True, db_default="")
    shown_title = models.GeneratedField(
        expression=Choice(When(title_public="", then=F("category")), default=F("title_public")),
        output_field=models.CharField(max_length=160),
        db_persist=True,
        editable=False,
    )
    search_text_outside = models.TextField(editable=False, blank=True, db_default="")
    revision = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    key = models.UUIDField(null=True, blank=True, unique=True, editable=False)
    last_action = models.DateTimeField(Text("最近办理", "Last action"), null=True, blank=True)
    is_generalised = models.BooleanField(
        Text("公示位置概略", "Public at a cell"), default=False, db_default=False
    )
    public_geom = models.PointField(srid=STORE_SRID, null=True, blank=True, editable=False)
    public_geom_3857 = mercator(models.PointField, "public_geom")

    class Meta:
        indexes = [
            GistIndex(fields=["geom_3857"], name="case_web"),
            GistIndex(fields=["public_geom_3857"], name="case_public_web"),
            GinIndex(fields=["joint"], name="case_joint"),
            models.Index(fields=["due", "id"], condition=OPEN, name="case_open_due"),
            models.Index(fields=["due"], condition=OPEN & ~models.Q(joint=[]), name="case_joint_due"),
            models.Index(fields=["handler", "due"], condition=OPEN, name="case_handler_due"),
            models.Index(fields=["-last_action"], name="case_last_action"),
            models.Index(fields=["reported"], name="case_reported"),
            models.Index(*newest_first(WHEN), name="case_newest"),
            models.Index(*newest_first("filed::timestamp"), condition=SHOWN, name="case_shown_newest"),
            models.Index(fields=["handler", "closed"], name="case_handler_closed"),
        ]
        verbose_name = Text("案件", "case")
        verbose_name_plural = Text("案件", "cases")
        ordering = ["-reported", "-pk"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.closed is None

    @property
    def flags(self) -> frozenset[str]:
        return frozenset(self.facts.get("flags", ()))

    @property
    def fields(self) -> dict[str, Any]:
        """What steps asked for and was given."""
        return dict(self.facts.get("fields", {}))
