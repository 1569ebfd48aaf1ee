import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models

import tiles.fields


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BlockPosition",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name="LayerFingerprint",
            fields=[
                ("layer", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("fingerprint", models.CharField(max_length=64)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="TableClustering",
            fields=[
                ("table", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("written", models.BigIntegerField()),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name="Block",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("layer", models.CharField(max_length=80)),
                ("column", models.IntegerField()),
                ("row", models.IntegerField()),
                ("kind", models.CharField(max_length=80, null=True)),
                ("mean", models.FloatField(null=True)),
                ("geom", django.contrib.gis.db.models.fields.MultiPolygonField(srid=settings.WEB_SRID)),
            ],
            options={
                "indexes": [models.Index(fields=["layer", "column", "row"], name="tiles_block_cell")],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("layer", models.CharField(max_length=80)),
                (
                    "box",
                    django.contrib.gis.db.models.fields.GeometryField(
                        null=True, spatial_index=False, srid=settings.WEB_SRID
                    ),
                ),
                (
                    "audience",
                    models.SmallIntegerField(
                        choices=[(0, "Public"), (1, "Signed in"), (2, "Department"), (3, "Restricted")],
                        db_default=0,
                    ),
                ),
                (
                    "transaction",
                    tiles.fields.TransactionId(db_default=models.Func(function="pg_current_xact_id")),
                ),
                ("at", models.DateTimeField(db_default=models.Func(function="clock_timestamp"))),
                ("departments", django.contrib.postgres.fields.ArrayField(models.TextField(), null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["layer", "id"], name="tiles_change_layer"),
                    models.Index(fields=["transaction"], name="tiles_change_transaction"),
                ],
            },
        ),
    ]
