from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("importers", "0001_initial")]

    operations = [migrations.RenameField("import", "wish", "proposal")]
