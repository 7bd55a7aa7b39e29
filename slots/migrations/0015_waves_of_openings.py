"""Which learners were told of an opening so far, and when the next are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("slots", "0014_rate_windows_are_counted_elsewhere")]

    operations = [
        migrations.AddField(
            model_name="slotopening",
            name="wave",
            field=models.SmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="slotopening",
            name="next_wave_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="slotopening",
            name="seed",
            field=models.UUIDField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="slotopening",
            name="reported_gone_at",
            field=models.DateTimeField(
                blank=True,
                help_text="when a second learner said that the slot was gone",
                null=True,
            ),
        ),
    ]
