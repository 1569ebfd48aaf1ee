"""Departments and government units, with the field names of the district's unit directory."""

from django.contrib.gis.db import models

from ..registry.models import PointFeature
from ..registry.text import Text


class Department(models.Model):
    """A department whose officers share rights; ``code`` is used in rules and file mappings."""

    code = models.CharField(Text("代码", "Code"), max_length=16, unique=True)
    name = models.CharField(Text("名称", "Name"), max_length=80)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=120, blank=True)

    class Meta:
        verbose_name = Text("部门", "department")
        verbose_name_plural = Text("部门", "departments")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Unit(PointFeature):
    """A government unit with a front door."""

    name = models.CharField(Text("名称", "Name"), max_length=120)
    name_en = models.CharField(Text("英文名称", "English name"), max_length=160, blank=True)
    department = models.ForeignKey(
        Department, models.SET_NULL, null=True, blank=True, verbose_name=Text("所属部门", "Department")
    )
    address = models.CharField(Text("地址", "Address"), max_length=200, blank=True)
    phone = models.CharField(Text("电话", "Telephone"), max_length=40, blank=True)
    hours = models.CharField(Text("办公时间", "Hours"), max_length=120, blank=True)
    duties = models.TextField(Text("职责", "Duties"), blank=True)

    class Meta(PointFeature.Meta):
        verbose_name = Text("机关单位", "government unit")
        verbose_name_plural = Text("机关单位", "government units")

    def __str__(self) -> str:
        return self.name
