import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
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
    ]
