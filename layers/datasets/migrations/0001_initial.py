from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Dataset",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.SlugField(max_length=40, unique=True, verbose_name="Layer name")),
                ("title", models.CharField(max_length=80, verbose_name="Title")),
                ("title_en", models.CharField(blank=True, max_length=80, verbose_name="English title")),
                (
                    "geometry",
                    models.CharField(
                        choices=[
                            ("point", "point"),
                            ("line", "line"),
                            ("polygon", "polygon"),
                            ("none", "none"),
                        ],
                        max_length=10,
                        verbose_name="Geometry",
                    ),
                ),
                ("fields", models.JSONField(verbose_name="Fields")),
                ("title_field", models.CharField(max_length=60)),
                ("key", models.JSONField(default=list)),
                (
                    "audience",
                    models.SmallIntegerField(
                        choices=[(0, "Public"), (1, "Signed in"), (2, "Department"), (3, "Restricted")],
                        verbose_name="Audience",
                    ),
                ),
                ("color", models.CharField(max_length=7, verbose_name="Colour")),
                (
                    "source",
                    models.CharField(blank=True, db_default="", max_length=200, verbose_name="Source"),
                ),
                ("published", models.DateTimeField(auto_now_add=True, verbose_name="Published")),
                (
                    "is_published",
                    models.BooleanField(db_default=True, default=True, verbose_name="Is published"),
                ),
            ],
            options={
                "verbose_name": "dataset",
                "verbose_name_plural": "datasets",
                "ordering": ["name"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("name__regex", r"^[a-z][a-z0-9-]{1,39}\Z")),
                        name="dataset_name_of_an_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("color__regex", r"^#[0-9a-fA-F]{6}\Z")),
                        name="dataset_color_of_six_digits",
                    ),
                ],
            },
        ),
    ]
