import django.contrib.gis.db.models.fields
import django.contrib.gis.db.models.functions
import django.contrib.postgres.indexes
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
            name="Building",
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
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        srid=settings.STORE_SRID, verbose_name="Area"
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.ForcePolygonCW(
                            django.contrib.gis.db.models.functions.Transform("geom", settings.WEB_SRID)
                        ),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(
                            null=True, srid=settings.WEB_SRID
                        ),
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=160, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="Address")),
                (
                    "use",
                    models.CharField(
                        choices=[
                            ("residential", "Residential"),
                            ("commercial", "Commercial"),
                            ("office", "Office"),
                            ("public", "Public"),
                            ("education", "Education"),
                            ("medical", "Medical"),
                            ("industrial", "Industrial"),
                            ("warehouse", "Warehouse"),
                            ("rural", "Rural house"),
                            ("religious", "Religious"),
                            ("other", "Other"),
                        ],
                        db_default="other",
                        max_length=12,
                        verbose_name="Use",
                    ),
                ),
                ("storeys", models.SmallIntegerField(blank=True, null=True, verbose_name="Storeys")),
                ("height", models.FloatField(blank=True, help_text="m", null=True, verbose_name="Height")),
                (
                    "height_source",
                    models.CharField(blank=True, db_default="", max_length=60, verbose_name="Height from"),
                ),
                ("year_built", models.SmallIntegerField(blank=True, null=True, verbose_name="Year built")),
                (
                    "external_id",
                    models.CharField(blank=True, db_default="", max_length=80, verbose_name="External id"),
                ),
            ],
            options={
                "verbose_name": "building",
                "verbose_name_plural": "buildings",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="building_web")
                ],
            },
        ),
        migrations.CreateModel(
            name="Division",
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
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        srid=settings.STORE_SRID, verbose_name="Area"
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.ForcePolygonCW(
                            django.contrib.gis.db.models.functions.Transform("geom", settings.WEB_SRID)
                        ),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(
                            null=True, srid=settings.WEB_SRID
                        ),
                    ),
                ),
                ("code", models.CharField(max_length=12, unique=True, verbose_name="Division code")),
                ("name", models.CharField(max_length=80, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=120, verbose_name="English name")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("district", "District"),
                            ("subdistrict", "Subdistrict"),
                            ("zone", "Zone"),
                            ("village", "Village"),
                            ("community", "Community"),
                        ],
                        max_length=12,
                        verbose_name="Level",
                    ),
                ),
                ("households", models.IntegerField(blank=True, null=True, verbose_name="Households")),
                ("population", models.IntegerField(blank=True, null=True, verbose_name="Population")),
                (
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="base.division",
                        verbose_name="Part of",
                    ),
                ),
            ],
            options={
                "verbose_name": "division",
                "verbose_name_plural": "divisions",
                "ordering": ["code"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Address",
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
                ("full", models.CharField(max_length=200, verbose_name="Address")),
                ("road", models.CharField(blank=True, max_length=120, verbose_name="Road or village")),
                ("number", models.CharField(blank=True, max_length=40, verbose_name="Door number")),
                (
                    "building",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="addresses",
                        to="base.building",
                        verbose_name="Building",
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
            ],
            options={
                "verbose_name": "address",
                "verbose_name_plural": "addresses",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="GridCell",
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
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        srid=settings.STORE_SRID, verbose_name="Area"
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.ForcePolygonCW(
                            django.contrib.gis.db.models.functions.Transform("geom", settings.WEB_SRID)
                        ),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(
                            null=True, srid=settings.WEB_SRID
                        ),
                    ),
                ),
                ("code", models.CharField(max_length=15, unique=True, verbose_name="Grid code")),
                ("area", models.FloatField(blank=True, help_text="m²", null=True, verbose_name="Area")),
                (
                    "responsible",
                    models.CharField(blank=True, max_length=120, verbose_name="Responsible body"),
                ),
                (
                    "management_level",
                    models.SmallIntegerField(blank=True, null=True, verbose_name="Management level"),
                ),
                ("valid_from", models.DateField(blank=True, null=True, verbose_name="Valid from")),
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
                "verbose_name": "unit grid cell",
                "verbose_name_plural": "unit grid",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="LandUse",
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
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        srid=settings.STORE_SRID, verbose_name="Area"
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.ForcePolygonCW(
                            django.contrib.gis.db.models.functions.Transform("geom", settings.WEB_SRID)
                        ),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(
                            null=True, srid=settings.WEB_SRID
                        ),
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="Name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("residential", "Residential"),
                            ("commercial", "Commercial"),
                            ("industrial", "Industrial"),
                            ("port", "Port"),
                            ("public", "Public facilities"),
                            ("park", "Park"),
                            ("forest", "Forest"),
                            ("farmland", "Farmland"),
                            ("beach", "Beach and flats"),
                            ("other", "Other"),
                        ],
                        max_length=12,
                        verbose_name="Land use",
                    ),
                ),
            ],
            options={
                "verbose_name": "land-use area",
                "verbose_name_plural": "land use",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="landuse_web")
                ],
            },
        ),
        migrations.CreateModel(
            name="PointOfInterest",
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
                ("name", models.CharField(blank=True, max_length=160, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                (
                    "theme",
                    models.CharField(
                        choices=[
                            ("food", "Eating"),
                            ("housing", "Housing"),
                            ("transport", "Getting around"),
                            ("travel", "Sightseeing"),
                            ("shopping", "Shopping"),
                            ("leisure", "Leisure"),
                            ("medical", "Health"),
                            ("learning", "Learning"),
                        ],
                        max_length=12,
                        verbose_name="Theme",
                    ),
                ),
                ("category", models.CharField(blank=True, max_length=80, verbose_name="Category")),
                ("address", models.CharField(blank=True, max_length=200, verbose_name="Address")),
                ("phone", models.CharField(blank=True, max_length=60, verbose_name="Telephone")),
                (
                    "external_id",
                    models.CharField(blank=True, db_default="", max_length=80, verbose_name="External id"),
                ),
            ],
            options={
                "verbose_name": "point of interest",
                "verbose_name_plural": "points of interest",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(
                        fields=["geom_3857"], name="pointofinterest_web"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Road",
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
                    django.contrib.gis.db.models.fields.MultiLineStringField(
                        srid=settings.STORE_SRID, verbose_name="Line"
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.Transform(
                            "geom", settings.WEB_SRID
                        ),
                        output_field=django.contrib.gis.db.models.fields.MultiLineStringField(
                            null=True, srid=settings.WEB_SRID
                        ),
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                (
                    "road_class",
                    models.CharField(
                        choices=[
                            ("motorway", "Motorway"),
                            ("trunk", "Trunk road"),
                            ("primary", "Primary road"),
                            ("secondary", "Secondary road"),
                            ("tertiary", "Tertiary road"),
                            ("residential", "Residential street"),
                            ("service", "Service road"),
                            ("path", "Path"),
                            ("railway", "Railway"),
                        ],
                        max_length=12,
                        verbose_name="Class",
                    ),
                ),
                ("rank", models.SmallIntegerField(db_default=5, verbose_name="Drawing rank")),
                ("width", models.FloatField(blank=True, help_text="m", null=True, verbose_name="Width")),
                (
                    "one_way",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "Both ways"),
                            ("forward", "One way, as the line is drawn"),
                            ("backward", "One way, against the line"),
                        ],
                        db_default="",
                        max_length=8,
                        verbose_name="Direction of traffic",
                    ),
                ),
            ],
            options={
                "verbose_name": "road",
                "verbose_name_plural": "roads",
                "abstract": False,
                "indexes": [django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="road_web")],
            },
        ),
        migrations.CreateModel(
            name="Water",
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
                    django.contrib.gis.db.models.fields.MultiPolygonField(
                        srid=settings.STORE_SRID, verbose_name="Area"
                    ),
                ),
                (
                    "geom_3857",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.contrib.gis.db.models.functions.ForcePolygonCW(
                            django.contrib.gis.db.models.functions.Transform("geom", settings.WEB_SRID)
                        ),
                        output_field=django.contrib.gis.db.models.fields.MultiPolygonField(
                            null=True, srid=settings.WEB_SRID
                        ),
                    ),
                ),
                ("name", models.CharField(blank=True, max_length=120, verbose_name="Name")),
                ("name_en", models.CharField(blank=True, max_length=160, verbose_name="English name")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("sea", "Sea"),
                            ("river", "River"),
                            ("lake", "Lake"),
                            ("reservoir", "Reservoir"),
                            ("pond", "Pond"),
                            ("other", "Other water"),
                        ],
                        max_length=12,
                        verbose_name="Kind",
                    ),
                ),
            ],
            options={
                "verbose_name": "water body",
                "verbose_name_plural": "water",
                "abstract": False,
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="water_web")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="division",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="division_web"),
        ),
        migrations.AddIndex(
            model_name="address",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="address_web"),
        ),
        migrations.AddIndex(
            model_name="address",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["full"], name="address_alike", opclasses=["gin_trgm_ops"]
            ),
        ),
        migrations.AddIndex(
            model_name="gridcell",
            index=django.contrib.postgres.indexes.GistIndex(fields=["geom_3857"], name="gridcell_web"),
        ),
    ]
