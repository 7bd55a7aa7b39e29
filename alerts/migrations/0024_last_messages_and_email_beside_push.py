"""The last message of a day says so, and a push may go by email as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0023_alerts_of_a_week"),
    ]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="also_email",
            field=models.BooleanField(
                db_default=False,
                help_text="a push that goes by email as well, whether it arrives or not",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="is_last_today",
            field=models.BooleanField(
                db_default=False, help_text="as many were sent that day as are allowed"
            ),
        ),
    ]
