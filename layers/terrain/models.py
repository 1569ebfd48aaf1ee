"""Elevation models as they were delivered, and their heights in squares of the tile scheme."""

from django.contrib.gis.db import models

from ..registry.models import PolygonFeature
from ..registry.text import Text


class Terrain(PolygonFeature):
    """One delivered elevation model; ``geom`` is the box in which it has heights.

    Lengths are metres. ``vertical_datum`` is what the file says, empty where it says nothing. ``zoom`` is that of
    256-pixel tiles whose pixels are as fine as the model. ``fingerprint`` tells the same file, taken alike, from
    another. One that a newer of its source covers wholly is kept as ``replaced_by`` it until that is replaced too.
    """

    name = models.CharField(Text("名称", "Name"), max_length=200)
    resolution = models.FloatField(Text("分辨率", "Resolution"))
    zoom = models.SmallIntegerField(Text("级别", "Zoom"))
    lowest = models.FloatField(Text("最低高程", "Lowest"))
    highest = models.FloatField(Text("最高高程", "Highest"))
    vertical_datum = models.CharField(Text("高程基准", "Vertical datum"), max_length=200, blank=True)
    delivered_crs = models.CharField(Text("原坐标系", "Delivered in"), max_length=200, blank=True)
    fingerprint = models.CharField(max_length=64, editable=False)
    delivery = models.BigIntegerField(null=True, editable=False)
    """The number of the import that brought it."""
    replaced_by = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="replaces"
    )

    class Meta(PolygonFeature.Meta):
        verbose_name = Text("高程模型", "elevation model")
        verbose_name_plural = Text("高程模型", "elevation models")

    def __str__(self) -> str:
        return self.name


class HeightTile(models.Model):
    """The heights of one tile of 256 by 256 pixels, as :func:`.rules.encode` writes them; none without any."""

    feature = models.ForeignKey(Terrain, models.CASCADE, related_name="height_tiles")
    z = models.SmallIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    heights = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["feature", "z", "x", "y"], name="one_height_tile_a_feature")
        ]
