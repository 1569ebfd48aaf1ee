from django.db import migrations

from layers.casework.cases.placement import PLACE_STORED


class Migration(migrations.Migration):
    dependencies = [("casework", "0007_cases_are_placed")]

    operations = [migrations.RunSQL(PLACE_STORED, migrations.RunSQL.noop)]
