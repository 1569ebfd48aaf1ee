"""The service directory: items, and the counters where they are offered."""

from django.contrib.gis.db import models

from ..agencies.models import Department, Unit
from ..registry.models import Feature, PointFeature
from ..registry.text import Text


class ServiceTheme(models.TextChoices):
    """Events in the life of a person or an enterprise."""

    BIRTH = "birth", Text("生育收养", "Birth")
    SCHOOL = "school", Text("教育", "School")
    WORK = "work", Text("就业社保", "Work and insurance")
    MARRIAGE = "marriage", Text("婚姻", "Marriage")
    HOUSING = "housing", Text("住房", "Housing")
    IDENTITY = "identity", Text("户籍证件", "Identity papers")
    HEALTH = "health", Text("医疗卫生", "Health")
    TRANSPORT = "transport", Text("交通出行", "Transport")
    RETIREMENT = "retirement", Text("退休养老", "Retirement")
    STARTUP = "startup", Text("企业开办", "Starting a business")
    PERMIT = "permit", Text("许可审批", "Permits")
    TAX = "tax", Text("税费", "Tax")
    PROJECT = "project", Text("投资项目", "Projects")
    CLOSING = "closing", Text("注销", "Closing a business")


class ServiceAudience(models.TextChoices):
    PERSON = "person", Text("个人", "Individuals")
    ENTERPRISE = "enterprise", Text("企业", "Enterprises")
    BOTH = "both", Text("个人和企业", "Individuals and enterprises")


class OnlineDepth(models.TextChoices):
    INFORMATION = "information", Text("查询指南", "Guide only")
    APPLY = "apply", Text("网上申请", "Apply online")
    FULL = "full", Text("全程网办", "Fully online")


class ServiceItem(Feature):
    """An item of the directory with the elements of its guide; limits are working days, fees yuan."""

    code = models.CharField(Text("事项编码", "Item code"), max_length=40, unique=True)
    name = models.CharField(Text("事项名称", "Item"), max_length=160)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=200, blank=True)
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=Text("实施部门", "Department")
    )
    theme = models.CharField(Text("主题", "Theme"), max_length=12, choices=ServiceTheme.choices)
    audience = models.CharField(Text("服务对象", "For"), max_length=12, choices=ServiceAudience.choices)
    conditions = models.TextField(Text("受理条件", "Conditions"), blank=True)
    materials = models.TextField(Text("申请材料", "Materials"), blank=True)
    process = models.TextField(Text("办理流程", "Procedure"), blank=True)
    basis = models.TextField(Text("设定依据", "Legal basis"), blank=True)
    statutory_limit = models.SmallIntegerField(Text("法定期限", "Statutory limit"), null=True, blank=True)
    promised_limit = models.SmallIntegerField(Text("承诺期限", "Promised limit"), null=True, blank=True)
    fee = models.DecimalField(Text("收费", "Fee"), max_digits=10, decimal_places=2, null=True, blank=True)
    result = models.CharField(Text("办理结果", "Result"), max_length=120, blank=True)
    online_depth = models.CharField(Text("网办深度", "Online"), max_length=12, choices=OnlineDepth.choices)
    visits = models.SmallIntegerField(Text("到现场次数", "Visits"), null=True, blank=True)

    class Meta:
        verbose_name = Text("服务事项", "service item")
        verbose_name_plural = Text("服务事项", "service items")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Counter(PointFeature):
    """A counter or window where items are handled."""

    name = models.CharField(Text("窗口名称", "Counter"), max_length=120)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=160, blank=True)
    unit = models.ForeignKey(
        Unit, models.SET_NULL, null=True, blank=True, verbose_name=Text("所在单位", "Unit")
    )
    address = models.CharField(Text("地址", "Address"), max_length=200, blank=True)
    phone = models.CharField(Text("电话", "Telephone"), max_length=40, blank=True)
    hours = models.CharField(Text("办理时间", "Hours"), max_length=120, blank=True)
    items = models.ManyToManyField(
        ServiceItem, related_name="counters", blank=True, verbose_name=Text("办理事项", "Items")
    )

    class Meta(PointFeature.Meta):
        verbose_name = Text("服务窗口", "service counter")
        verbose_name_plural = Text("服务窗口", "service counters")

    def __str__(self) -> str:
        return self.name
