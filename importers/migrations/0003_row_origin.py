from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("importers", "0002_import_proposal")]

    operations = [
        migrations.AddField("priorversion", "transaction", models.TextField(db_default="")),
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
    ]
