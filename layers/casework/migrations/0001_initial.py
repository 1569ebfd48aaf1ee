"""Cases move here from the enforcement room, whose table they were; the rows stay."""

import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

from layers.coordinates import STORE_SRID, WEB_SRID


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
        ("base", "0001_initial"),
        ("enforcement", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE enforcement_enforcementcase RENAME TO casework_case",
                    "ALTER TABLE casework_case RENAME TO enforcement_enforcementcase",
                )
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Case",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        (
                            "source",
                            models.CharField(
                                blank=True, db_default="", max_length=200, verbose_name="Source"
                            ),
                        ),
                        (
                            "is_generated",
                            models.BooleanField(db_default=False, verbose_name="Generated for demonstration"),
                        ),
                        ("search_text", models.TextField(blank=True, db_default="", editable=False)),
                        (
                            "geom",
                            django.contrib.gis.db.models.fields.PointField(
                                blank=True, null=True, srid=STORE_SRID, verbose_name="Position"
                            ),
                        ),
                        (
                            "geom_3857",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.contrib.gis.db.models.functions.Transform("geom", WEB_SRID),
                                output_field=django.contrib.gis.db.models.fields.PointField(
                                    null=True, srid=WEB_SRID
                                ),
                            ),
                        ),
                        ("number", models.CharField(max_length=60, unique=True, verbose_name="Case number")),
                        ("title", models.CharField(max_length=160, verbose_name="Matter")),
                        ("category", models.CharField(max_length=80, verbose_name="Category")),
                        (
                            "procedure",
                            models.CharField(
                                choices=[
                                    ("simple", "Simple procedure"),
                                    ("ordinary", "Ordinary procedure"),
                                    ("urban", "Digital urban management"),
                                ],
                                max_length=12,
                                verbose_name="Procedure",
                            ),
                        ),
                        (
                            "state",
                            models.CharField(
                                choices=[
                                    ("lead", "Lead"),
                                    ("filed", "Filed"),
                                    ("investigation", "Investigation"),
                                    ("review", "Review"),
                                    ("notice", "Notice"),
                                    ("hearing", "Hearing"),
                                    ("legal_review", "Legal review"),
                                    ("decision", "Decision"),
                                    ("delivery", "Delivery"),
                                    ("execution", "Execution"),
                                    ("closed", "Closed"),
                                    ("dismissed", "Not filed"),
                                ],
                                max_length=14,
                                verbose_name="State",
                            ),
                        ),
                        (
                            "lead_source",
                            models.CharField(
                                choices=[
                                    ("patrol", "Patrol"),
                                    ("complaint", "Complaint"),
                                    ("transfer", "Transfer"),
                                    ("inspection", "Inspection"),
                                    ("sensor", "Sensor"),
                                    ("satellite", "Satellite patch"),
                                ],
                                max_length=12,
                                verbose_name="Lead",
                            ),
                        ),
                        ("description", models.TextField(blank=True, verbose_name="Facts")),
                        (
                            "party_kind",
                            models.CharField(
                                choices=[
                                    ("person", "Natural person"),
                                    ("organisation", "Organisation"),
                                    ("none", "No party"),
                                ],
                                max_length=12,
                                verbose_name="Party",
                            ),
                        ),
                        (
                            "party_name",
                            models.CharField(blank=True, max_length=120, verbose_name="Party's name"),
                        ),
                        (
                            "party_id",
                            models.CharField(
                                blank=True, max_length=20, verbose_name="Party's identity number"
                            ),
                        ),
                        (
                            "party_phone",
                            models.CharField(blank=True, max_length=40, verbose_name="Party's telephone"),
                        ),
                        ("address", models.CharField(blank=True, max_length=200, verbose_name="Address")),
                        ("officers", models.CharField(blank=True, max_length=120, verbose_name="Officers")),
                        ("reported", models.DateTimeField(verbose_name="Reported")),
                        ("filed", models.DateField(blank=True, null=True, verbose_name="Filed")),
                        ("due", models.DateField(blank=True, null=True, verbose_name="Due")),
                        ("closed", models.DateField(blank=True, null=True, verbose_name="Closed")),
                        (
                            "penalty",
                            models.CharField(
                                blank=True,
                                choices=[
                                    ("warning", "Warning or public criticism"),
                                    ("fine", "Fine or confiscation"),
                                    ("licence", "Licence suspended, downgraded or revoked"),
                                    ("activity", "Activity restricted or closed"),
                                    ("detention", "Detention"),
                                    ("none", "No penalty"),
                                ],
                                max_length=12,
                                verbose_name="Penalty",
                            ),
                        ),
                        (
                            "fine",
                            models.DecimalField(
                                blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="Fine"
                            ),
                        ),
                        (
                            "decision_number",
                            models.CharField(blank=True, max_length=60, verbose_name="Decision number"),
                        ),
                        ("resolution", models.TextField(blank=True, verbose_name="Resolution")),
                        (
                            "visibility",
                            models.SmallIntegerField(
                                choices=[
                                    (0, "Public"),
                                    (1, "Signed in"),
                                    (2, "Department"),
                                    (3, "Restricted"),
                                ],
                                db_default=2,
                                verbose_name="Visible to",
                            ),
                        ),
                        (
                            "public_geom",
                            models.GeneratedField(
                                db_persist=True,
                                expression=models.Case(
                                    models.When(
                                        models.Q(("party_kind", "person")),
                                        then=django.contrib.gis.db.models.functions.SnapToGrid(
                                            "geom", 0.002, 0.002, 0.001, 0.001
                                        ),
                                    ),
                                    default=models.F("geom"),
                                    output_field=django.contrib.gis.db.models.fields.PointField(
                                        null=True, srid=STORE_SRID
                                    ),
                                ),
                                output_field=django.contrib.gis.db.models.fields.PointField(
                                    null=True, srid=STORE_SRID
                                ),
                            ),
                        ),
                        (
                            "public_geom_3857",
                            models.GeneratedField(
                                db_persist=True,
                                expression=django.contrib.gis.db.models.functions.Transform(
                                    models.Case(
                                        models.When(
                                            models.Q(("party_kind", "person")),
                                            then=django.contrib.gis.db.models.functions.SnapToGrid(
                                                "geom", 0.002, 0.002, 0.001, 0.001
                                            ),
                                        ),
                                        default=models.F("geom"),
                                        output_field=django.contrib.gis.db.models.fields.PointField(
                                            null=True, srid=STORE_SRID
                                        ),
                                    ),
                                    WEB_SRID,
                                ),
                                output_field=django.contrib.gis.db.models.fields.PointField(
                                    null=True, srid=WEB_SRID
                                ),
                            ),
                        ),
                        (
                            "department",
                            models.ForeignKey(
                                on_delete=django.db.models.deletion.PROTECT,
                                to="agencies.department",
                                verbose_name="Department",
                            ),
                        ),
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
                        (
                            "grid_cell",
                            models.ForeignKey(
                                blank=True,
                                null=True,
                                on_delete=django.db.models.deletion.SET_NULL,
                                to="base.gridcell",
                                verbose_name="Grid cell",
                            ),
                        ),
                    ],
                    options={
                        "verbose_name": "enforcement case",
                        "verbose_name_plural": "enforcement cases",
                        "ordering": ["-reported"],
                        "indexes": [
                            django.contrib.postgres.indexes.GistIndex(
                                fields=["geom_3857"], name="enforcementcase_web"
                            ),
                            django.contrib.postgres.indexes.GistIndex(
                                fields=["public_geom_3857"], name="enforcementcase_public_web"
                            ),
                        ],
                    },
                ),
            ],
        ),
    ]
