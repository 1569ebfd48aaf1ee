import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import CreateExtension, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        CreateExtension("postgis"),
        TrigramExtension(),
        migrations.CreateModel(
            name="AccessLogEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("layer", models.CharField(max_length=80, verbose_name="Layer")),
                (
                    "rows",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), size=None, verbose_name="Rows"
                    ),
                ),
                ("who", models.CharField(max_length=150, verbose_name="Who")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="Time")),
            ],
            options={
                "verbose_name": "reading of personal data",
                "verbose_name_plural": "readings of personal data",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["rows"], name="personal_reading_rows")
                ],
            },
        ),
        migrations.CreateModel(
            name="ExportLogEntry",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("layer", models.CharField(max_length=80, verbose_name="Layer")),
                ("question", models.TextField(verbose_name="Question")),
                ("file", models.CharField(max_length=120, verbose_name="File")),
                ("rows", models.BigIntegerField(verbose_name="Rows")),
                ("who", models.CharField(max_length=150, verbose_name="Who")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="Time")),
            ],
            options={
                "verbose_name": "download",
                "verbose_name_plural": "downloads",
                "ordering": ["-at"],
            },
        ),
    ]
