"""Layers that were published without code: what a declaration says, as a row."""

from django.db import models

from ..registry.audience import Audience
from ..registry.declaration.layer import LAYER_NAME, Geometry
from ..registry.text import Text

COLOR = r"^#[0-9a-fA-F]{6}\Z"
AUDIENCES = [(audience.value, audience.label) for audience in Audience]


class Dataset(models.Model):
    """``fields`` is a list of objects with name, label, kind (text, integer, number, boolean, date, time) and, where
    they are there, heading (in the file, if the label is another), label_en and in_tiles; ``title_field`` names a
    feature, ``key`` are the fields that tell rows apart. Until ``is_published`` its rows are on their way."""

    name = models.SlugField(Text("图层名", "Layer name"), max_length=40, unique=True)
    title = models.CharField(Text("标题", "Title"), max_length=80)
    title_en = models.CharField(Text("英文标题", "English title"), max_length=80, blank=True)
    geometry = models.CharField(
        Text("几何", "Geometry"), max_length=10, choices=[(g.value, g.value) for g in Geometry]
    )
    fields = models.JSONField(Text("字段", "Fields"))
    title_field = models.CharField(max_length=60)
    key = models.JSONField(default=list)
    audience = models.SmallIntegerField(Text("可见范围", "Audience"), choices=AUDIENCES)
    color = models.CharField(Text("颜色", "Colour"), max_length=7)
    source = models.CharField(Text("数据来源", "Source"), max_length=200, blank=True, db_default="")
    published = models.DateTimeField(Text("发布时间", "Published"), auto_now_add=True)
    is_published = models.BooleanField(Text("已发布", "Is published"), default=True, db_default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(name__regex=LAYER_NAME), name="dataset_name_of_an_address"
            ),
            models.CheckConstraint(
                condition=models.Q(color__regex=COLOR), name="dataset_color_of_six_digits"
            ),
        ]
        verbose_name = Text("数据集", "dataset")
        verbose_name_plural = Text("数据集", "datasets")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.title
