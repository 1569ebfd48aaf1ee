import django.contrib.gis.db.models.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("registry", "0001_initial"),
        ("agencies", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Import",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("layer", models.CharField(max_length=80, verbose_name="Layer")),
                ("file_name", models.CharField(max_length=255, verbose_name="File")),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                (
                    "source",
                    models.CharField(blank=True, db_default="", max_length=200, verbose_name="Source"),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("tried", "Dry run"),
                            ("loaded", "Loaded"),
                            ("stopped", "Not loaded"),
                            ("failed", "Failed"),
                            ("undone", "Undone"),
                        ],
                        db_default="loaded",
                        max_length=10,
                        verbose_name="State",
                    ),
                ),
                ("reason", models.TextField(blank=True, db_default="", verbose_name="Reason")),
                ("options", models.JSONField(db_default={}, default=dict, verbose_name="Options")),
                (
                    "proposal",
                    models.JSONField(blank=True, db_default={}, default=dict, verbose_name="New layer"),
                ),
                ("started", models.DateTimeField(blank=True, null=True, verbose_name="Started")),
                ("finished", models.DateTimeField(blank=True, null=True, verbose_name="Finished")),
                ("counts", models.JSONField(default=dict, verbose_name="Counts")),
                ("report", models.JSONField(default=dict, verbose_name="Report")),
                ("added_rows", models.TextField(blank=True, db_default="{}", editable=False)),
                ("transaction", models.TextField(blank=True, db_default="", editable=False)),
                (
                    "who",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Who",
                    ),
                ),
            ],
            options={
                "verbose_name": "import",
                "verbose_name_plural": "imports",
                "ordering": ["-pk"],
            },
        ),
        migrations.CreateModel(
            name="PriorVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.BigIntegerField()),
                ("content", models.JSONField()),
                ("transaction", models.TextField(db_default="")),
                (
                    "imported",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="prior_versions",
                        to="importers.import",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RowGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wrong", models.TextField()),
                ("done", models.TextField()),
                ("rows", models.TextField()),
                (
                    "imported",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="row_groups",
                        to="importers.import",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RowOrigin",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("layer", models.CharField(max_length=80)),
                ("row", models.BigIntegerField()),
                ("transaction", models.TextField()),
                ("origin", models.TextField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("layer", "row"), name="one_row_origin")],
            },
        ),
        migrations.CreateModel(
            name="DeliveryProfile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("layer", models.CharField(max_length=80, verbose_name="Layer")),
                ("schema", models.CharField(max_length=64)),
                ("headings", models.JSONField(default=list, verbose_name="Columns")),
                ("options", models.JSONField(default=dict, verbose_name="Options")),
                ("proposal", models.JSONField(blank=True, default=dict, verbose_name="New layer")),
                ("used", models.DateTimeField(auto_now=True, verbose_name="Used last")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to="agencies.department",
                        verbose_name="Sender",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="Who",
                    ),
                ),
            ],
            options={
                "verbose_name": "delivery profile",
                "verbose_name_plural": "delivery profiles",
                "ordering": ["-used", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("layer", "department", "person", "schema"),
                        name="one_delivery_profile",
                        nulls_distinct=False,
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RowIssue",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row", models.IntegerField(verbose_name="Row")),
                ("label", models.CharField(blank=True, db_default="", max_length=80, verbose_name="Name")),
                ("is_held", models.BooleanField(verbose_name="Held back")),
                ("problems", models.JSONField(verbose_name="Problems")),
                ("values", models.JSONField(default=dict, verbose_name="Values")),
                ("shape", models.BinaryField(null=True)),
                (
                    "place",
                    django.contrib.gis.db.models.fields.GeometryField(
                        null=True, spatial_index=False, srid=settings.STORE_SRID, verbose_name="Place"
                    ),
                ),
                (
                    "imported",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="importers.import",
                        verbose_name="Import",
                    ),
                ),
            ],
            options={
                "verbose_name": "row with issues",
                "verbose_name_plural": "rows with issues",
                "ordering": ["imported", "row"],
                "indexes": [
                    models.Index(fields=["imported", "is_held", "row"], name="importers_r_importe_f24d28_idx")
                ],
            },
        ),
    ]
