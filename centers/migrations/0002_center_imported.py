"""What an import last wrote into a centre, so that staff's edits can be told from it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("centers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="center",
            name="imported",
            field=models.JSONField(blank=True, editable=False, null=True),
        ),
    ]
