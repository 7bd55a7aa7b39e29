"""What a push service says of one device concerns that device."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0012_journals_of_senders")]

    operations = [
        migrations.AddField(
            model_name="pushsubscription",
            name="rests_until",
            field=models.DateTimeField(
                blank=True,
                help_text="its push service wants nothing for it before then",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="pushsubscription",
            name="refused_with",
            field=models.SmallIntegerField(
                blank=True,
                help_text="the status of its push service's last refusal",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="pushsubscription",
            name="refused_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="pushsubscription",
            name="refusals",
            field=models.SmallIntegerField(db_default=0, help_text="400, 401 or 403 in a row"),
        ),
    ]
