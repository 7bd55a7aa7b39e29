"""The label of a choice; nothing in the database changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0026_mails_are_checked"),
    ]

    operations = [
        migrations.AlterField(
            model_name="savedsearch",
            name="notification_method",
            field=models.CharField(choices=[("email", "Email"), ("push", "Push")], max_length=50),
        ),
    ]
