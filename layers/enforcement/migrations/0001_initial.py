import django.core.validators
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("agencies", "0001_initial"),
        ("casework", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="PenaltyDecision",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="%(class)s",
                        serialize=False,
                        to="casework.case",
                    ),
                ),
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
            ],
            options={
                "verbose_name": "penalty decision",
                "verbose_name_plural": "penalty decisions",
            },
        ),
        migrations.CreateModel(
            name="EnforcementCase",
            fields=[],
            options={
                "verbose_name": "enforcement case",
                "verbose_name_plural": "enforcement cases",
                "ordering": ["-reported", "-pk"],
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("casework.case",),
        ),
        migrations.CreateModel(
            name="Violation",
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
                ("name", models.CharField(max_length=160, verbose_name="Violation")),
                ("name_en", models.CharField(blank=True, max_length=200, verbose_name="English name")),
                ("violated", models.CharField(max_length=200, verbose_name="Clause violated")),
                ("penalised", models.CharField(max_length=200, verbose_name="Penalty clause")),
                ("measures", models.CharField(blank=True, max_length=300, verbose_name="Besides a fine")),
                (
                    "base",
                    models.CharField(blank=True, max_length=200, verbose_name="What the range holds for"),
                ),
                (
                    "least",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="Least fine"
                    ),
                ),
                (
                    "most",
                    models.DecimalField(
                        blank=True, decimal_places=2, max_digits=12, null=True, verbose_name="Highest fine"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="Valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="Valid until")),
                (
                    "department",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        to="agencies.department",
                        verbose_name="Department",
                    ),
                ),
            ],
            options={
                "verbose_name": "violation",
                "verbose_name_plural": "library of violations",
                "ordering": ["code"],
            },
        ),
        migrations.CreateModel(
            name="DiscretionGrade",
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
                    "grade",
                    models.CharField(
                        choices=[
                            ("mitigated", "Below the range"),
                            ("lighter", "Lighter"),
                            ("ordinary", "Ordinary"),
                            ("heavier", "Heavier"),
                        ],
                        max_length=12,
                        verbose_name="Grade",
                    ),
                ),
                ("circumstances", models.CharField(max_length=300, verbose_name="Where it applies")),
                (
                    "least",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=12,
                        validators=[django.core.validators.MinValueValidator(0)],
                        verbose_name="From",
                    ),
                ),
                ("most", models.DecimalField(decimal_places=2, max_digits=12, verbose_name="To")),
                (
                    "violation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="grades",
                        to="enforcement.violation",
                        verbose_name="Violation",
                    ),
                ),
            ],
            options={
                "verbose_name": "discretion grade",
                "verbose_name_plural": "discretion standard",
                "ordering": ["violation", "least", "pk"],
            },
        ),
        migrations.AddConstraint(
            model_name="violation",
            constraint=models.CheckConstraint(
                condition=models.Q(("least__lte", models.F("most"))), name="violation_range"
            ),
        ),
        migrations.AddConstraint(
            model_name="violation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True),
                    ("valid_until__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="violation_validity",
            ),
        ),
        migrations.AddConstraint(
            model_name="discretiongrade",
            constraint=models.UniqueConstraint(fields=("violation", "grade"), name="discretion_once"),
        ),
        migrations.AddConstraint(
            model_name="discretiongrade",
            constraint=models.CheckConstraint(
                condition=models.Q(("least__gte", 0), ("least__lte", models.F("most"))),
                name="discretion_range",
            ),
        ),
    ]
