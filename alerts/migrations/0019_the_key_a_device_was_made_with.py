"""Note of each push subscription which key of ours it was made with, so that it can change."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0018_sentences_become_codes")]

    operations = [
        migrations.AddField(
            model_name="pushsubscription",
            name="vapid_key",
            field=models.CharField(
                blank=True,
                help_text="our public key that it was made with; empty: from before this was noted",
                max_length=100,
                null=True,
            ),
        ),
    ]
