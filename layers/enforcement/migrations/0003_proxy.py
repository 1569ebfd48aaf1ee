from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("casework", "0002_kernel"),
        ("enforcement", "0002_cases_are_casework"),
    ]

    operations = [
        migrations.CreateModel(
            name="EnforcementCase",
            fields=[],
            options={
                "verbose_name": "enforcement case",
                "verbose_name_plural": "enforcement cases",
                "ordering": ["-reported"],
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("casework.case",),
        ),
    ]
