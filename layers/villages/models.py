"""Village network sites and distance-education stations."""

from django.contrib.gis.db import models

from ..base.models import Division
from ..registry.models import PointFeature
from ..registry.text import Text


class SiteKind(models.TextChoices):
    NETWORK = "network", Text("村村通网络站点", "Village network site")
    EDUCATION = "education", Text("远程教育站点", "Distance-education station")


class SiteStatus(models.TextChoices):
    PLANNED = "planned", Text("规划", "Planned")
    BUILDING = "building", Text("在建", "Building")
    ONLINE = "online", Text("在线", "Online")
    DEGRADED = "degraded", Text("受限", "Degraded")
    OFFLINE = "offline", Text("离线", "Offline")
    CLOSED = "closed", Text("关闭", "Closed")


class AccessMedium(models.TextChoices):
    FIBRE = "fibre", Text("光纤", "Fibre")
    DSL = "dsl", Text("铜缆", "Copper")
    MOBILE = "mobile", Text("移动网络", "Mobile")
    SATELLITE = "satellite", Text("卫星", "Satellite")


class VillageSite(PointFeature):
    code = models.CharField(Text("站点编号", "Site code"), max_length=20, unique=True)
    kind = models.CharField(Text("站点类型", "Kind"), max_length=12, choices=SiteKind.choices)
    name = models.CharField(Text("名称", "Name"), max_length=120)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=160, blank=True)
    village = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, verbose_name=Text("所在村", "Village")
    )
    address = models.CharField(Text("地址", "Address"), max_length=200, blank=True)
    manager = models.CharField(Text("管理员", "Manager"), max_length=60, blank=True)
    telephone = models.CharField(Text("联系电话", "Telephone"), max_length=40, blank=True)
    opened = models.DateField(Text("开通日期", "Opened"), null=True, blank=True)
    area = models.FloatField(Text("面积", "Area"), null=True, blank=True, help_text="m²")
    seats = models.IntegerField(Text("座位", "Seats"), null=True, blank=True)
    computers = models.IntegerField(Text("电脑", "Computers"), null=True, blank=True)
    bandwidth = models.FloatField(Text("带宽", "Bandwidth"), null=True, blank=True, help_text="Mbit/s")
    medium = models.CharField(
        Text("接入方式", "Access"), max_length=12, choices=AccessMedium.choices, blank=True
    )
    operator = models.CharField(Text("运营商", "Operator"), max_length=60, blank=True)
    hours = models.CharField(Text("开放时间", "Hours"), max_length=120, blank=True)
    status = models.CharField(Text("状态", "Status"), max_length=12, choices=SiteStatus.choices)
    is_demonstration = models.BooleanField(Text("信息化示范村", "Demonstration village"), db_default=False)
    last_heartbeat = models.DateTimeField(Text("最近心跳", "Last heartbeat"), null=True, blank=True)
    last_inspection = models.DateField(Text("最近巡检", "Last inspection"), null=True, blank=True)

    class Meta(PointFeature.Meta):
        verbose_name = Text("村级站点", "village site")
        verbose_name_plural = Text("村级站点", "village sites")

    def __str__(self) -> str:
        return self.name
