import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Terrain",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(blank=True, db_default="", max_length=200, verbose_name="Source"),
                ),
                (
                    "is_generated",
                    models.BooleanField(db_default=False, verbose_name="Generated for demonstration"),
                ),
                ("search_text", models.TextField(blank=True, db_default="", editable=False)),
                (
                    "geom",
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        srid=settings.STORE_SRID, verbose_name="Area"
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.ForcePolygonCW(
                            django.contrib.gis.db.models.functions.Transform("geom", settings.WEB_SRID)
                        ),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(
                            null=True, srid=settings.WEB_SRID
                        ),
                    ),
                ),
                ("name", models.CharField(max_length=200, verbose_name="Name")),
                ("resolution", models.FloatField(verbose_name="Resolution")),
                ("zoom", models.SmallIntegerField(verbose_name="Zoom")),
                ("lowest", models.FloatField(verbose_name="Lowest")),
                ("highest", models.FloatField(verbose_name="Highest")),
                (
                    "vertical_datum",
                    models.CharField(blank=True, max_length=200, verbose_name="Vertical datum"),
                ),
                ("delivered_crs", models.CharField(blank=True, max_length=200, verbose_name="Delivered in")),
                ("fingerprint", models.CharField(editable=False, max_length=64)),
                ("delivery", models.BigIntegerField(editable=False, null=True)),
                (
                    "replaced_by",
                    models.ForeignKey(
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="replaces",
                        to="terrain.terrain",
                    ),
                ),
            ],
            options={
                "verbose_name": "elevation model",
                "verbose_name_plural": "elevation models",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="HeightTile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("z", models.SmallIntegerField()),
                ("x", models.IntegerField()),
                ("y", models.IntegerField()),
                ("heights", models.BinaryField()),
                (
                    "feature",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="height_tiles",
                        to="terrain.terrain",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="terrain",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="terrain_web"),
        ),
        migrations.AddConstraint(
            model_name="heighttile",
            constraint=models.UniqueConstraint(
                fields=("feature", "z", "x", "y"), name="one_height_tile_a_feature"
            ),
        ),
    ]
