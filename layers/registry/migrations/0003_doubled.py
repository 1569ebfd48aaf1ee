from django.db import migrations

from layers.registry.trigram import CREATE_DOUBLED, DOUBLED


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0002_personal_readings"),
    ]

    operations = [
        migrations.RunSQL(CREATE_DOUBLED, f"DROP FUNCTION {DOUBLED}(text) CASCADE"),
    ]
