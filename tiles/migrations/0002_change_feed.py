"""Changes now tell their transaction, their audience and what the public sees of their place."""

import django.contrib.gis.db.models.fields
from django.db import migrations, models
from django.db.models.functions import Now

import tiles.models
from layers.coordinates import WEB_SRID
from layers.registry.audience import Audience


class Migration(migrations.Migration):
    dependencies = [("tiles", "0001_initial")]

    operations = [
        # The old triggers raise versions that are no longer kept; new ones are made after the migration.
        migrations.RunSQL(
            "DELETE FROM tiles_change; DROP FUNCTION IF EXISTS geoportal_raise_version() CASCADE",
            migrations.RunSQL.noop,
        ),
        migrations.DeleteModel(name="LayerState"),
        migrations.AddField(
            "change",
            "open_box",
            django.contrib.gis.db.models.fields.GeometryField(null=True, spatial_index=False, srid=WEB_SRID),
        ),
        migrations.AddField(
            "change",
            "audience",
            models.SmallIntegerField(choices=Audience.choices, db_default=Audience.PUBLIC),
        ),
        migrations.AddField(
            "change",
            "transaction",
            tiles.models.TransactionId(db_default=tiles.models.CurrentTransaction()),
        ),
        migrations.AlterField("change", "at", models.DateTimeField(db_default=tiles.models.ClockTime())),
        migrations.AddIndex("change", models.Index(fields=["transaction"], name="tiles_change_transaction")),
        migrations.CreateModel(
            name="PublishedLayer",
            fields=[
                ("layer", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("fingerprint", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_default=Now())),
            ],
        ),
    ]
