from django.db import migrations


class Migration(migrations.Migration):
    """The table is casework's now; here it is the enforcement family's proxy."""

    dependencies = [
        ("enforcement", "0001_initial"),
        ("casework", "0001_initial"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("EnforcementCase")]),
    ]
