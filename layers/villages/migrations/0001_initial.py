import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("base", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="VillageSite",
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
                    django.contrib.gis.db.models.fields.PointField(
                        blank=True, null=True, srid=settings.STORE_SRID, verbose_name="Position"
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform(
                            "geom", settings.WEB_SRID
                        ),
                        output_field=django.contrib.gis.db.models.fields.PointField(
                            null=True, srid=settings.WEB_SRID
                        ),
                    ),
                ),
                ("code", models.CharField(max_length=20, unique=True, verbose_name="Site code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("network", "Village network site"),
                            ("education", "Distance-education station"),
                        ],
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="Address")),
                ("manager", models.CharField(blank=True, max_length=60, verbose_name="Manager")),
                ("telephone", models.CharField(blank=True, max_length=40, verbose_name="Telephone")),
                ("opened", models.DateField(blank=True, null=True, verbose_name="Opened")),
                ("area", models.FloatField(blank=True, help_text="m²", null=True, verbose_name="Area")),
                ("seats", models.IntegerField(blank=True, null=True, verbose_name="Seats")),
                ("computers", models.IntegerField(blank=True, null=True, verbose_name="Computers")),
                (
                    "bandwidth",
                    models.FloatField(blank=True, help_text="Mbit/s", null=True, verbose_name="Bandwidth"),
                ),
                (
                    "medium",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("fibre", "Fibre"),
                            ("dsl", "Copper"),
                            ("mobile", "Mobile"),
                            ("satellite", "Satellite"),
                        ],
                        max_length=12,
                        verbose_name="Access",
                    ),
                ),
                ("operator", models.CharField(blank=True, max_length=60, verbose_name="Operator")),
                ("hours", models.CharField(blank=True, max_length=120, verbose_name="Hours")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("planned", "Planned"),
                            ("building", "Building"),
                            ("online", "Online"),
                            ("degraded", "Degraded"),
                            ("offline", "Offline"),
                            ("closed", "Closed"),
                        ],
                        max_length=12,
                        verbose_name="Status",
                    ),
                ),
                (
                    "is_demonstration",
                    models.BooleanField(db_default=False, verbose_name="Demonstration village"),
                ),
                (
                    "last_heartbeat",
                    models.DateTimeField(blank=True, null=True, verbose_name="Last heartbeat"),
                ),
                ("last_inspection", models.DateField(blank=True, null=True, verbose_name="Last inspection")),
                (
                    "village",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="base.division",
                        verbose_name="Village",
                    ),
                ),
            ],
            options={
                "verbose_name": "village site",
                "verbose_name_plural": "village sites",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="villagesite_web")
                ],
            },
        ),
    ]
