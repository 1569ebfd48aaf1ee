import django.contrib.gis.db.models.fields
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="RecentQuery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner_id", models.BigIntegerField(db_index=True)),
                ("layer", models.CharField(max_length=40, verbose_name="Layer")),
                ("text", models.TextField(verbose_name="Condition")),
                (
                    "asked_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="Asked"),
                ),
            ],
            options={
                "verbose_name": "recent question",
                "verbose_name_plural": "recent questions",
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Sketch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner_id", models.BigIntegerField(db_index=True)),
                ("title", models.CharField(max_length=120, verbose_name="Title")),
                (
                    "geom",
                    django.contrib.gis.db.models.fields.GeometryField(
                        srid=settings.STORE_SRID, verbose_name="Shape"
                    ),
                ),
                ("metres", models.FloatField(default=0, verbose_name="Around it (m)")),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="Kept")),
            ],
            options={
                "verbose_name": "sketch",
                "verbose_name_plural": "sketches",
                "ordering": ["-made_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="StoredQuery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("owner_id", models.BigIntegerField(db_index=True)),
                ("owner", models.CharField(max_length=150, verbose_name="Owner")),
                ("title", models.CharField(max_length=120, verbose_name="Title")),
                ("layer", models.CharField(max_length=40, verbose_name="Layer")),
                ("condition", models.JSONField(null=True, verbose_name="Condition")),
                ("parameters", models.JSONField(blank=True, default=dict, verbose_name="Parameters")),
                ("analysis", models.JSONField(null=True, verbose_name="Analysis")),
                (
                    "sharing",
                    models.CharField(
                        choices=[("owner", "Only myself"), ("planners", "All planners")],
                        default="owner",
                        max_length=10,
                        verbose_name="Who may use it",
                    ),
                ),
                ("made_at", models.DateTimeField(auto_now_add=True, verbose_name="Kept")),
            ],
            options={
                "verbose_name": "stored question",
                "verbose_name_plural": "stored questions",
                "ordering": ["-made_at"],
            },
        ),
    ]
