"""For which day of a booked test a search rests."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0021_who_can_not_take_a_slot_is_found"),
        ("alerts", "0024_last_messages_and_email_beside_push"),
    ]

    operations = [
        migrations.AddField(
            model_name="searchending",
            name="booked_for",
            field=models.DateField(blank=True, null=True),
        ),
    ]
