import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceItem",
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
                ("code", models.CharField(max_length=40, unique=True, verbose_name="Item code")),
                ("name", models.CharField(max_length=160, verbose_name="Item")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                (
                    "theme",
                    models.CharField(
                        choices=[
                            ("birth", "Birth"),
                            ("school", "School"),
                            ("work", "Work and insurance"),
                            ("marriage", "Marriage"),
                            ("housing", "Housing"),
                            ("identity", "Identity papers"),
                            ("health", "Health"),
                            ("transport", "Transport"),
                            ("retirement", "Retirement"),
                            ("startup", "Starting a business"),
                            ("permit", "Permits"),
                            ("tax", "Tax"),
                            ("project", "Projects"),
                            ("closing", "Closing a business"),
                        ],
                        max_length=12,
                        verbose_name="Theme",
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[
                            ("person", "Individuals"),
                            ("enterprise", "Enterprises"),
                            ("both", "Individuals and enterprises"),
                        ],
                        max_length=12,
                        verbose_name="For",
                    ),
                ),
                ("conditions", models.TextField(blank=True, verbose_name="Conditions")),
                ("materials", models.TextField(blank=True, verbose_name="Materials")),
                ("process", models.TextField(blank=True, verbose_name="Procedure")),
                ("basis", models.TextField(blank=True, verbose_name="Legal basis")),
                (
                    "statutory_limit",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="Statutory limit"),
                ),
                (
                    "promised_limit",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="Promised limit"),
                ),
                (
                    "fee",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=10, null=True, verbose_name="Fee"
                    ),
                ),
                ("result", models.CharField(blank=True, max_length=120, verbose_name="Result")),
                (
                    "online_depth",
                    models.CharField(
                        choices=[
                            ("information", "Guide only"),
                            ("apply", "Apply online"),
                            ("full", "Fully online"),
                        ],
                        max_length=12,
                        verbose_name="Online",
                    ),
                ),
                ("visits", models.SmallIntegerField(blank=True, null=True, verbose_name="Visits")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="agencies.department",
                        verbose_name="Department",
                    ),
                ),
            ],
            options={
                "verbose_name": "service item",
                "verbose_name_plural": "service items",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Counter",
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
                ("name", models.CharField(max_length=120, verbose_name="Counter")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="Address")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="Telephone")),
                ("hours", models.CharField(blank=True, max_length=120, verbose_name="Hours")),
                (
                    "unit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="agencies.unit",
                        verbose_name="Unit",
                    ),
                ),
                (
                    "items",
                    models.ManyToManyField(
                        blank=True, related_name="counters", to="services.serviceitem", verbose_name="Items"
                    ),
                ),
            ],
            options={
                "verbose_name": "service counter",
                "verbose_name_plural": "service counters",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="counter_web")
                ],
            },
        ),
    ]
