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
        ("base", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Premises",
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
                (
                    "establishment_id",
                    models.CharField(max_length=40, unique=True, verbose_name="Establishment id"),
                ),
                ("name", models.CharField(max_length=160, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                (
                    "credit_code",
                    models.CharField(blank=True, max_length=18, verbose_name="Unified credit code"),
                ),
                (
                    "licence_number",
                    models.CharField(blank=True, max_length=40, verbose_name="Licence number"),
                ),
                (
                    "licence_until",
                    models.DateField(blank=True, null=True, verbose_name="Licence valid until"),
                ),
                (
                    "legal_person",
                    models.CharField(blank=True, max_length=60, verbose_name="Legal representative"),
                ),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="Telephone")),
                (
                    "sector",
                    models.CharField(
                        choices=[
                            ("production", "Production"),
                            ("sale", "Sale"),
                            ("catering", "Catering"),
                            ("canteen", "Canteen"),
                            ("special", "Special foods"),
                            ("market", "Market"),
                            ("storage", "Storage"),
                        ],
                        max_length=12,
                        verbose_name="Sector",
                    ),
                ),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="Address")),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("A", "A excellent"),
                            ("B", "B good"),
                            ("C", "C fair"),
                            ("pending", "Pending"),
                            ("unrated", "Not rated"),
                        ],
                        db_default="unrated",
                        max_length=8,
                        verbose_name="Grade",
                    ),
                ),
                (
                    "risk_grade",
                    models.CharField(
                        blank=True,
                        choices=[("A", "A (low)"), ("B", "B"), ("C", "C"), ("D", "D (high)")],
                        max_length=1,
                        verbose_name="Risk grade",
                    ),
                ),
                ("risk_score", models.FloatField(blank=True, null=True, verbose_name="Risk score")),
                ("last_inspection", models.DateField(blank=True, null=True, verbose_name="Last inspection")),
                (
                    "division",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="base.division",
                        verbose_name="Division",
                    ),
                ),
            ],
            options={
                "verbose_name": "food premises",
                "verbose_name_plural": "food premises",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Inspection",
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
                ("number", models.CharField(max_length=60, unique=True, verbose_name="Inspection number")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("daily", "Daily inspection"),
                            ("flying", "Unannounced inspection"),
                            ("system", "System inspection"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
                ("date", models.DateField(verbose_name="Date")),
                ("inspectors", models.CharField(blank=True, max_length=120, verbose_name="Inspectors")),
                ("score", models.FloatField(blank=True, null=True, verbose_name="Score")),
                (
                    "result",
                    models.CharField(
                        choices=[
                            ("conform", "Conforms"),
                            ("basically", "Basically conforms"),
                            ("not", "Does not conform"),
                            ("unknown", "Not assessed"),
                        ],
                        max_length=12,
                        verbose_name="Result",
                    ),
                ),
                (
                    "key_items_failed",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="Key items failed"),
                ),
                (
                    "general_items_failed",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="General items failed"),
                ),
                ("findings", models.TextField(blank=True, verbose_name="Findings")),
                ("rectified", models.DateField(blank=True, null=True, verbose_name="Rectified")),
                ("published", models.DateField(blank=True, null=True, verbose_name="Published")),
                (
                    "visibility",
                    models.SmallIntegerField(
                        choices=[(0, "Public"), (1, "Signed in"), (2, "Department"), (3, "Restricted")],
                        db_default=2,
                        verbose_name="Visible to",
                    ),
                ),
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
                (
                    "premises",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="inspections",
                        to="foodsafety.premises",
                        verbose_name="Premises",
                    ),
                ),
            ],
            options={
                "verbose_name": "food inspection",
                "verbose_name_plural": "food inspections",
                "ordering": ["-date"],
            },
        ),
        migrations.AddIndex(
            model_name="premises",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="premises_web"),
        ),
    ]
