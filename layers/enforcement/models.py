"""Administrative enforcement cases of the departments."""

from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex

from ..agencies.models import Department
from ..base.models import Division, GridCell
from ..registry.audience import Audience
from ..registry.models import PointFeature, mercator, public_point, public_position
from ..registry.text import Text


class Procedure(models.TextChoices):
    SIMPLE = "simple", Text("简易程序", "Simple procedure")
    ORDINARY = "ordinary", Text("普通程序", "Ordinary procedure")
    URBAN = "urban", Text("数字城管", "Digital urban management")


class CaseState(models.TextChoices):
    LEAD = "lead", Text("线索", "Lead")
    FILED = "filed", Text("立案", "Filed")
    INVESTIGATION = "investigation", Text("调查取证", "Investigation")
    REVIEW = "review", Text("审核", "Review")
    NOTICE = "notice", Text("告知", "Notice")
    HEARING = "hearing", Text("听证", "Hearing")
    LEGAL_REVIEW = "legal_review", Text("法制审核", "Legal review")
    DECISION = "decision", Text("决定", "Decision")
    DELIVERY = "delivery", Text("送达", "Delivery")
    EXECUTION = "execution", Text("执行", "Execution")
    CLOSED = "closed", Text("结案", "Closed")
    DISMISSED = "dismissed", Text("不予立案", "Not filed")


class PartyKind(models.TextChoices):
    PERSON = "person", Text("自然人", "Natural person")
    ORGANISATION = "organisation", Text("单位", "Organisation")
    NONE = "none", Text("无当事人", "No party")


class PenaltyKind(models.TextChoices):
    """Kinds of Art. 9 of the Administrative Penalty Law."""

    WARNING = "warning", Text("警告、通报批评", "Warning or public criticism")
    FINE = "fine", Text("罚款、没收", "Fine or confiscation")
    LICENCE = "licence", Text("暂扣、降低、吊销许可", "Licence suspended, downgraded or revoked")
    ACTIVITY = "activity", Text("限制经营、责令停产停业", "Activity restricted or closed")
    DETENTION = "detention", Text("行政拘留", "Detention")
    NONE = "none", Text("不予处罚", "No penalty")


class LeadSource(models.TextChoices):
    PATROL = "patrol", Text("巡查", "Patrol")
    COMPLAINT = "complaint", Text("投诉举报", "Complaint")
    TRANSFER = "transfer", Text("移送", "Transfer")
    INSPECTION = "inspection", Text("检查", "Inspection")
    SENSOR = "sensor", Text("感知设备", "Sensor")
    SATELLITE = "satellite", Text("卫星图斑", "Satellite patch")


PERSON = models.Q(party_kind=PartyKind.PERSON)


class EnforcementCase(PointFeature):
    """A case; exact position and party are the department's, the public sees a cell for natural persons.

    Amounts are yuan.
    """

    number = models.CharField(Text("案号", "Case number"), max_length=60, unique=True)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=Text("承办部门", "Department"))
    title = models.CharField(Text("案由", "Matter"), max_length=160)
    category = models.CharField(Text("类别", "Category"), max_length=80)
    procedure = models.CharField(Text("程序", "Procedure"), max_length=12, choices=Procedure.choices)
    state = models.CharField(Text("状态", "State"), max_length=14, choices=CaseState.choices)
    lead_source = models.CharField(Text("线索来源", "Lead"), max_length=12, choices=LeadSource.choices)
    description = models.TextField(Text("案情", "Facts"), blank=True)
    party_kind = models.CharField(Text("当事人类型", "Party"), max_length=12, choices=PartyKind.choices)
    party_name = models.CharField(Text("当事人", "Party's name"), max_length=120, blank=True)
    party_id = models.CharField(Text("证件号码", "Party's identity number"), max_length=20, blank=True)
    party_phone = models.CharField(Text("当事人电话", "Party's telephone"), max_length=40, blank=True)
    address = models.CharField(Text("发生地址", "Address"), max_length=200, blank=True)
    division = models.ForeignKey(
        Division, models.SET_NULL, null=True, blank=True, verbose_name=Text("所属社区", "Division")
    )
    grid_cell = models.ForeignKey(
        GridCell, models.SET_NULL, null=True, blank=True, verbose_name=Text("单元网格", "Grid cell")
    )
    officers = models.CharField(Text("执法人员", "Officers"), max_length=120, blank=True)
    reported = models.DateTimeField(Text("发现时间", "Reported"))
    filed = models.DateField(Text("立案日期", "Filed"), null=True, blank=True)
    due = models.DateField(Text("办理期限", "Due"), null=True, blank=True)
    closed = models.DateField(Text("结案日期", "Closed"), null=True, blank=True)
    penalty = models.CharField(
        Text("处罚种类", "Penalty"), max_length=12, choices=PenaltyKind.choices, blank=True
    )
    fine = models.DecimalField(
        Text("罚款金额", "Fine"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    decision_number = models.CharField(Text("决定书文号", "Decision number"), max_length=60, blank=True)
    resolution = models.TextField(Text("处理结果", "Resolution"), blank=True)
    visibility = models.SmallIntegerField(
        Text("可见范围", "Visible to"), choices=Audience.choices, db_default=Audience.DEPARTMENT
    )
    public_geom = public_point(PERSON)
    public_geom_3857 = mercator(models.PointField, public_position(PERSON))

    class Meta:
        indexes = [
            GistIndex(fields=["geom_3857"], name="enforcementcase_web"),
            GistIndex(fields=["public_geom_3857"], name="enforcementcase_public_web"),
        ]
        verbose_name = Text("执法案件", "enforcement case")
        verbose_name_plural = Text("执法案件", "enforcement cases")
        ordering = ["-reported"]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"
