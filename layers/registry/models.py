"""Abstract models that a layer's model extends: geometry once in the store's system, once for tiles.

``geom`` is EPSG:4490 in (longitude, latitude) order; ``geom_3857`` is generated and indexed by the database.
"""

from typing import Any

from django.contrib.gis.db import models
from django.contrib.gis.db.models.functions import ForcePolygonCW, Transform
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.db.models import GeneratedField

from ..coordinates import STORE_SRID, WEB_SRID
from .text import Text


class Feature(models.Model):
    """A row of a layer: where it comes from, and the text by which it is found (kept by a trigger)."""

    source = models.CharField(Text("数据来源", "Source"), max_length=200, blank=True, db_default="")
    is_generated = models.BooleanField(Text("演示生成", "Generated for demonstration"), db_default=False)
    search_text = models.TextField(editable=False, blank=True, db_default="")

    class Meta:
        abstract = True


def mercator(field: "type[models.GeometryField[Any, Any]]", source: str = "geom") -> "GeneratedField":
    return GeneratedField(
        expression=Transform(source, WEB_SRID),
        output_field=field(srid=WEB_SRID, null=True),
        db_persist=True,
        editable=False,
    )


class PointFeature(Feature):
    geom = models.PointField(Text("位置", "Position"), srid=STORE_SRID, null=True, blank=True)
    geom_3857 = mercator(models.PointField)

    class Meta:
        abstract = True
        indexes = [GistIndex(fields=["geom_3857"], name="%(class)s_web")]


class LineFeature(Feature):
    geom = models.MultiLineStringField(Text("线形", "Line"), srid=STORE_SRID)
    geom_3857 = mercator(models.MultiLineStringField)

    class Meta:
        abstract = True
        indexes = [GistIndex(fields=["geom_3857"], name="%(class)s_web")]


class PolygonFeature(Feature):
    geom = models.MultiPolygonField(Text("范围", "Area"), srid=STORE_SRID)
    # Rings are wound as vector tiles want them, so that no tile has to turn them.
    geom_3857 = GeneratedField(
        expression=ForcePolygonCW(Transform("geom", WEB_SRID)),
        output_field=models.MultiPolygonField(srid=WEB_SRID, null=True),
        db_persist=True,
        editable=False,
    )

    class Meta:
        abstract = True
        indexes = [GistIndex(fields=["geom_3857"], name="%(class)s_web")]


class AccessLogEntry(models.Model):
    """Who was shown personal data of which rows of a layer, and when; rows are added and never changed."""

    layer = models.CharField(Text("图层", "Layer"), max_length=80)
    rows = ArrayField(models.BigIntegerField(), verbose_name=Text("记录", "Rows"))
    who = models.CharField(Text("查阅人", "Who"), max_length=150)
    at = models.DateTimeField(Text("时间", "Time"), auto_now_add=True)

    class Meta:
        verbose_name = Text("个人信息查阅记录", "reading of personal data")
        verbose_name_plural = Text("个人信息查阅记录", "readings of personal data")
        indexes = [GinIndex(fields=["rows"], name="personal_reading_rows")]

    def __str__(self) -> str:
        return f"{self.who} {self.layer} {self.at:%Y-%m-%d %H:%M}"


class ExportLogEntry(models.Model):
    """Who took which rows of a layer away as a file, and when; rows are added and never changed."""

    layer = models.CharField(Text("图层", "Layer"), max_length=80)
    question = models.TextField(Text("查询", "Question"))
    file = models.CharField(Text("文件", "File"), max_length=120)
    rows = models.BigIntegerField(Text("行数", "Rows"))
    who = models.CharField(Text("导出人", "Who"), max_length=150)
    at = models.DateTimeField(Text("时间", "Time"), auto_now_add=True)

    class Meta:
        verbose_name = Text("导出记录", "download")
        verbose_name_plural = Text("导出记录", "downloads")
        ordering = ["-at"]

    def __str__(self) -> str:
        return f"{self.who} {self.file} {self.at:%Y-%m-%d %H:%M}"
