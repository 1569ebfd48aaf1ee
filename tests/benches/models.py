from django.contrib.gis.db import models

from layers.casework.models import Case, CaseExtension, OfFamily
from layers.registry.audience import Audience
from layers.registry.models import Feature, PointFeature
from layers.registry.text import Text


class Material(models.TextChoices):
    WOOD = "wood", Text("木", "Wood")
    STONE = "stone", Text("石", "Stone")


class Bench(PointFeature):
    code = models.CharField(Text("编号", "Code"), max_length=20, unique=True)
    material = models.CharField(Text("材质", "Material"), max_length=8, choices=Material.choices)
    repair_cost = models.IntegerField(Text("维修费用", "Repair cost"), null=True, blank=True)
    keeper_phone = models.CharField(Text("看护人电话", "Keeper's telephone"), max_length=40, blank=True)
    department = models.ForeignKey(
        "agencies.Department", models.PROTECT, null=True, verbose_name=Text("部门", "Department")
    )
    visibility = models.SmallIntegerField(
        Text("可见范围", "Visible to"), choices=Audience.choices, db_default=Audience.PUBLIC
    )

    class Meta(PointFeature.Meta):
        verbose_name = Text("街椅", "bench")
        verbose_name_plural = Text("街椅", "benches")

    def __str__(self) -> str:
        return self.code


class Repair(Feature):
    bench = models.ForeignKey(
        Bench, models.CASCADE, related_name="repairs", verbose_name=Text("街椅", "Bench")
    )
    work = models.CharField(Text("维修内容", "Work"), max_length=80)

    class Meta:
        verbose_name = Text("街椅维修", "repair of a bench")
        verbose_name_plural = Text("街椅维修", "repairs of benches")

    def __str__(self) -> str:
        return self.work


class BenchReport(OfFamily, Case):
    FAMILY = "bench-reports"

    class Meta:
        proxy = True
        verbose_name = Text("街椅报修", "report of a broken bench")
        verbose_name_plural = Text("街椅报修", "reports of broken benches")


class Mending(CaseExtension):
    hours = models.IntegerField(Text("工时", "Hours of work"), null=True, blank=True)

    class Meta:
        verbose_name = Text("街椅维修工时", "mending of a bench")
        verbose_name_plural = Text("街椅维修工时", "mendings of benches")

    def __str__(self) -> str:
        return f"{self.case_id} {self.hours}"
