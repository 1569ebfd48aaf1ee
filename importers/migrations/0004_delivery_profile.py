import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.utils import timezone


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("importers", "0003_row_origin"),
    ]

    operations = [
        migrations.RemoveConstraint("savedmapping", "one_saved_mapping"),
        migrations.RenameModel("SavedMapping", "DeliveryProfile"),
        migrations.RenameField("deliveryprofile", "headings", "schema"),
        migrations.AlterField("deliveryprofile", "schema", models.CharField(max_length=64)),
        migrations.AlterField(
            "deliveryprofile", "layer", models.CharField(max_length=80, verbose_name="Layer")
        ),
        migrations.AlterField(
            "deliveryprofile", "options", models.JSONField(default=dict, verbose_name="Options")
        ),
        migrations.AddField(
            "deliveryprofile", "headings", models.JSONField(default=list, verbose_name="Columns")
        ),
        migrations.AddField(
            "deliveryprofile",
            "proposal",
            models.JSONField(blank=True, default=dict, verbose_name="New layer"),
        ),
        migrations.AddField(
            "deliveryprofile",
            "used",
            models.DateTimeField(auto_now=True, default=timezone.now, verbose_name="Used last"),
            preserve_default=False,
        ),
        migrations.AddField(
            "deliveryprofile",
            "department",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to="agencies.department",
                verbose_name="Sender",
            ),
        ),
        migrations.AddField(
            "deliveryprofile",
            "person",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                to=settings.AUTH_USER_MODEL,
                verbose_name="Who",
            ),
        ),
        migrations.AlterModelOptions(
            "deliveryprofile",
            options={
                "verbose_name": "delivery profile",
                "verbose_name_plural": "delivery profiles",
                "ordering": ["-used", "-pk"],
            },
        ),
        migrations.AddConstraint(
            "deliveryprofile",
            models.UniqueConstraint(
                fields=("layer", "department", "person", "schema"),
                name="one_delivery_profile",
                nulls_distinct=False,
            ),
        ),
    ]
