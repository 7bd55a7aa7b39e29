"""What a sender hands over is noted in one small row, and written to its deliveries together."""

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("alerts", "0011_messages_under_way")]

    operations = [
        migrations.CreateModel(
            name="SenderJournal",
            fields=[
                (
                    "token",
                    models.UUIDField(
                        help_text="the lease token of the lot", primary_key=True, serialize=False
                    ),
                ),
                (
                    "accepted",
                    ArrayField(base_field=models.BigIntegerField(), db_default=[], size=None),
                ),
                ("on_wire", models.BigIntegerField(blank=True, null=True)),
                ("look_until", models.DateTimeField()),
                ("lease_until", models.DateTimeField(blank=True, null=True)),
            ],
            options={"ordering": ["look_until"]},
        ),
    ]
