from django.db import migrations


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("casework", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="EnforcementCase",
            fields=[],
            options={
                "verbose_name": "enforcement case",
                "verbose_name_plural": "enforcement cases",
                "ordering": ["-reported", "-pk"],
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("casework.case",),
        ),
    ]
