import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.core.validators
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
            name="Department",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "code",
                    models.CharField(
                        max_length=16,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                r"^[A-Z][A-Z0-9]{0,15}\Z",
                                "A department's code is made of capital letters and digits, at most 16, and begins with a letter.",
                            )
                        ],
                        verbose_name="Code",
                    ),
                ),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                (
                    "mark",
                    models.CharField(
                        blank=True, db_default="", max_length=12, verbose_name="Mark in document numbers"
                    ),
                ),
            ],
            options={
                "verbose_name": "department",
                "verbose_name_plural": "departments",
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("code__regex", r"^[A-Z][A-Z0-9]{0,15}\Z")),
                        name="department_code_of_letters_and_digits",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("mark", ""), _negated=True),
                        fields=("mark",),
                        name="one_department_a_mark",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ResponsibleBody",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=24, unique=True, verbose_name="Code")),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                ("is_active", models.BooleanField(default=True, verbose_name="In use")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bodies",
                        to="agencies.department",
                        verbose_name="Department",
                    ),
                ),
            ],
            options={
                "verbose_name": "responsible body",
                "verbose_name_plural": "responsible bodies",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Officer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=24, unique=True, verbose_name="Staff number")),
                ("name", models.CharField(max_length=60, verbose_name="Name")),
                (
                    "posts",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=24),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="Posts",
                    ),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="In service")),
                (
                    "body",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="staff",
                        to="agencies.responsiblebody",
                        verbose_name="Responsible body",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="staff",
                        to="agencies.department",
                        verbose_name="Department",
                    ),
                ),
            ],
            options={
                "verbose_name": "officer",
                "verbose_name_plural": "officers",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="Credential",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=40, verbose_name="Kind")),
                ("number", models.CharField(max_length=40, verbose_name="Number")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="Valid until")),
                (
                    "officer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="credentials",
                        to="agencies.officer",
                        verbose_name="Officer",
                    ),
                ),
            ],
            options={
                "verbose_name": "credential",
                "verbose_name_plural": "credentials",
                "ordering": ["kind"],
                "constraints": [
                    models.UniqueConstraint(fields=("officer", "kind"), name="one_credential_a_kind")
                ],
            },
        ),
        migrations.CreateModel(
            name="Unit",
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
                ("name", models.CharField(max_length=120, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="Address")),
                ("phone", models.CharField(blank=True, max_length=40, verbose_name="Telephone")),
                ("hours", models.CharField(blank=True, max_length=120, verbose_name="Hours")),
                ("duties", models.TextField(blank=True, verbose_name="Duties")),
                (
                    "department",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="agencies.department",
                        verbose_name="Department",
                    ),
                ),
            ],
            options={
                "verbose_name": "government unit",
                "verbose_name_plural": "government units",
                "abstract": False,
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="unit_web")],
            },
        ),
    ]
