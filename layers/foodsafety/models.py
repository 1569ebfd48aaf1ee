"""Food premises and their inspections."""

from django.contrib.gis.db import models

from ..agencies.models import Department
from ..base.models import Division
from ..registry.audience import Audience
from ..registry.models import Feature, PointFeature
from ..registry.text import Text


class Sector(models.TextChoices):
    PRODUCTION = "production", Text("食品生产", "Production")
    SALE = "sale", Text("食品销售", "Sale")
    CATERING = "catering", Text("餐饮服务", "Catering")
    CANTEEN = "canteen", Text("单位食堂", "Canteen")
    SPECIAL = "special", Text("特殊食品", "Special foods")
    MARKET = "market", Text("集中交易市场", "Market")
    STORAGE = "storage", Text("贮存", "Storage")


class RiskGrade(models.TextChoices):
    A = "A", Text("A 级（低）", "A (low)")
    B = "B", Text("B 级", "B")
    C = "C", Text("C 级", "C")
    D = "D", Text("D 级（高）", "D (high)")


class QualityGrade(models.TextChoices):
    """Annual grade of the quantitative catering scheme, with the states in which there is none."""

    A = "A", Text("A 优秀", "A excellent")
    B = "B", Text("B 良好", "B good")
    C = "C", Text("C 一般", "C fair")
    PENDING = "pending", Text("待评定", "Pending")
    UNRATED = "unrated", Text("未评级", "Not rated")


class Premises(PointFeature):
    """A food business at a place; the position may be unknown."""

    establishment_id = models.CharField(Text("主体编号", "Establishment id"), max_length=40, unique=True)
    name = models.CharField(Text("名称", "Name"), max_length=160)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=160, blank=True)
    credit_code = models.CharField(Text("统一社会信用代码", "Unified credit code"), max_length=18, blank=True)
    licence_number = models.CharField(Text("许可证编号", "Licence number"), max_length=40, blank=True)
    licence_until = models.DateField(Text("许可有效期至", "Licence valid until"), null=True, blank=True)
    legal_person = models.CharField(Text("法定代表人", "Legal representative"), max_length=60, blank=True)
    phone = models.CharField(Text("电话", "Telephone"), max_length=40, blank=True)
    sector = models.CharField(Text("行业", "Sector"), max_length=12, choices=Sector.choices)
    address = models.CharField(Text("地址", "Address"), max_length=200, blank=True)
    division = models.ForeignKey(
        Division, models.SET_NULL, null=True, blank=True, verbose_name=Text("所属社区", "Division")
    )
    grade = models.CharField(
        Text("量化等级", "Grade"), max_length=8, choices=QualityGrade.choices, db_default=QualityGrade.UNRATED
    )
    risk_grade = models.CharField(
        Text("风险等级", "Risk grade"), max_length=1, choices=RiskGrade.choices, blank=True
    )
    risk_score = models.FloatField(Text("风险分值", "Risk score"), null=True, blank=True)
    last_inspection = models.DateField(Text("最近检查", "Last inspection"), null=True, blank=True)

    class Meta(PointFeature.Meta):
        verbose_name = Text("食品经营主体", "food premises")
        verbose_name_plural = Text("食品经营主体", "food premises")

    def __str__(self) -> str:
        return self.name


class InspectionKind(models.TextChoices):
    DAILY = "daily", Text("日常监督检查", "Daily inspection")
    FLYING = "flying", Text("飞行检查", "Unannounced inspection")
    SYSTEM = "system", Text("体系检查", "System inspection")
    OTHER = "other", Text("其他检查", "Other")


class InspectionResult(models.TextChoices):
    CONFORM = "conform", Text("符合", "Conforms")
    BASICALLY = "basically", Text("基本符合", "Basically conforms")
    NOT = "not", Text("不符合", "Does not conform")
    UNKNOWN = "unknown", Text("未评定", "Not assessed")


class Inspection(Feature):
    """One visit to a premises; scores are 0 to 100, higher is better, and items are counts."""

    premises = models.ForeignKey(
        Premises, models.CASCADE, related_name="inspections", verbose_name=Text("经营主体", "Premises")
    )
    number = models.CharField(Text("检查编号", "Inspection number"), max_length=60, unique=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=Text("检查部门", "Department")
    )
    kind = models.CharField(Text("检查类型", "Kind"), max_length=12, choices=InspectionKind.choices)
    date = models.DateField(Text("检查日期", "Date"))
    inspectors = models.CharField(Text("检查人员", "Inspectors"), max_length=120, blank=True)
    score = models.FloatField(Text("得分", "Score"), null=True, blank=True)
    result = models.CharField(Text("结果", "Result"), max_length=12, choices=InspectionResult.choices)
    key_items_failed = models.SmallIntegerField(
        Text("重点项不合格", "Key items failed"), null=True, blank=True
    )
    general_items_failed = models.SmallIntegerField(
        Text("一般项不合格", "General items failed"), null=True, blank=True
    )
    findings = models.TextField(Text("发现问题", "Findings"), blank=True)
    rectified = models.DateField(Text("整改完成", "Rectified"), null=True, blank=True)
    published = models.DateField(Text("公示日期", "Published"), null=True, blank=True)
    visibility = models.SmallIntegerField(
        Text("可见范围", "Visible to"), choices=Audience.choices, db_default=Audience.DEPARTMENT
    )

    class Meta:
        verbose_name = Text("食品安全检查", "food inspection")
        verbose_name_plural = Text("食品安全检查", "food inspections")
        ordering = ["-date"]

    def __str__(self) -> str:
        return self.number
