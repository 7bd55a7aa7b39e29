"""The label of a choice; nothing in the database changes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("alerts", "0034_mails_about_endings_under_way"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notification",
            name="method",
            field=models.CharField(choices=[("email", "Email"), ("push", "Push")], max_length=50),
        ),
    ]
