import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tiles", "0001_initial")]

    operations = [
        # What was recorded before tells more than it may; without fingerprints every layer counts as changed.
        migrations.RunSQL(
            "DELETE FROM tiles_change; DELETE FROM tiles_layerfingerprint", migrations.RunSQL.noop
        ),
        migrations.RemoveField("change", "open_box"),
        migrations.AddField(
            "change",
            "departments",
            django.contrib.postgres.fields.ArrayField(models.TextField(), null=True),
        ),
    ]
