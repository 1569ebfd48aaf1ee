"""What changed in the layers, written by database triggers in the changing transaction."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Func
from django.db.models.functions import Now

from layers.coordinates import WEB_SRID
from layers.registry.audience import Audience

from .fields import TransactionId


class Change(models.Model):
    """Rows of a layer that changed near each other in one statement, as far as one audience sees them.

    It concerns viewers of that ``audience`` and above; of a department's only those of ``departments`` (codes) if
    these are given. ``box`` surrounds the old and new geometry that they are shown, in EPSG:3857; it is empty when
    nothing that a tile shows was touched. ``transaction`` tells whether a snapshot contains the change.
    """

    layer = models.CharField(max_length=80)
    box = models.GeometryField(srid=WEB_SRID, null=True, spatial_index=False)
    audience = models.SmallIntegerField(choices=Audience.choices, db_default=Audience.PUBLIC)
    departments = ArrayField(models.TextField(), null=True)
    transaction = TransactionId(db_default=Func(function="pg_current_xact_id"))
    at = models.DateTimeField(db_default=Func(function="clock_timestamp"))

    class Meta:
        indexes = [
            models.Index(fields=["layer", "id"], name="tiles_change_layer"),
            models.Index(fields=["transaction"], name="tiles_change_transaction"),
        ]

    def __str__(self) -> str:
        return f"{self.layer} {self.at}"


class LayerFingerprint(models.Model):
    """What a layer's tiles were last made by: its declaration, and the form of the tiles themselves."""

    layer = models.CharField(max_length=80, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.layer


class Block(models.Model):
    """Areas of a public layer that lie near each other, drawn as one at low zooms; made by the worker."""

    layer = models.CharField(max_length=80)
    column = models.IntegerField()
    row = models.IntegerField()
    kind = models.CharField(max_length=80, null=True)
    mean = models.FloatField(null=True)
    geom = models.MultiPolygonField(srid=WEB_SRID)

    class Meta:
        indexes = [models.Index(fields=["layer", "column", "row"], name="tiles_block_cell")]

    def __str__(self) -> str:
        return f"{self.layer} {self.column}/{self.row}"

    @staticmethod
    def relation(audience: Audience) -> str:
        """The quoted name of the view by which an audience reads them all."""
        return f'{audience.schema}."~blocks"'


class BlockPosition(models.Model):
    """How far the blocks of this database have followed the recorded changes."""

    position = models.JSONField(default=dict)

    def __str__(self) -> str:
        return str(self.position.get("at"))


class TableClustering(models.Model):
    """When a table's rows were last put in spatial order, and how many rows had been written until then."""

    table = models.CharField(max_length=80, primary_key=True)
    written = models.BigIntegerField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return self.table
