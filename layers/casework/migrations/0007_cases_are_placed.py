from django.db import migrations

from layers.casework.cases.placement import PLACE, RELEASE


class Migration(migrations.Migration):
    """From here on the database itself says in which division and grid cell a case lies."""

    dependencies = [("base", "0002_addresses_alike"), ("casework", "0006_in_a_set_order")]

    operations = [migrations.RunSQL(PLACE, RELEASE)]
