"""What changed in the layers, written by database triggers in the changing transaction."""

from django.contrib.gis.db import models

from layers.coordinates import WEB_SRID


class Change(models.Model):
    """One statement's change to a layer: the box around old and new geometry, empty when unknown."""

    layer = models.CharField(max_length=80)
    box = models.GeometryField(srid=WEB_SRID, null=True, spatial_index=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["layer", "id"], name="tiles_change_layer")]

    def __str__(self) -> str:
        return f"{self.layer} {self.at}"


class LayerState(models.Model):
    """A layer's version: raised at commit, so that a version never hides a change still to be committed."""

    layer = models.CharField(max_length=80, primary_key=True)
    version = models.BigIntegerField(default=0)
    changed = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.layer} {self.version}"
