from django.db import migrations

from layers.casework.log.log_triggers import KEEP, RELEASE


class Migration(migrations.Migration):
    """From here on the database itself keeps the log, the evidence and the chain."""

    dependencies = [("casework", "0002_kernel")]

    operations = [migrations.RunSQL(KEEP, RELEASE)]
