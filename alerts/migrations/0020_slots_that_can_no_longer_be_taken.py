"""One more reason why an alert isn't sent: its learner can no longer take the slot."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

CHOICES = [
    ("told_enough", "told of this slot 3 times in 24 hours"),
    ("over_limit", "over the daily limit"),
    ("slot_closed", "the slot was no longer open"),
    ("search_deleted", "the search was deleted"),
    ("search_ended", "the search was ended"),
    ("search_paused", "the search was paused"),
    ("search_changed", "the search was changed, and no longer asks for it"),
    ("not_bookable", "the learner can no longer take it"),
    ("account_disabled", "the account is disabled"),
    ("address_refuses", "the address refuses mail"),
    ("refused", "refused for good"),
    ("retries_used_up", "retries used up"),
    ("not_made", "its message could not be made"),
    ("maybe_sent", "it may have been sent before the service was restored"),
    ("mailed_instead", "went by email instead"),
    ("none_open", "no slot in it was still open"),
    ("none_left", "all that it was to tell has been told or ended"),
    ("device_ended", "the device was ended"),
    ("device_removed", "the device was removed"),
]
CODES = [code for code, _ in CHOICES]
# Going back, rows that have the reason get the one that comes nearest.
FORGET = """
UPDATE useralerts SET state_reason = 'search_changed' WHERE state_reason = 'not_bookable';
UPDATE alerts_delivery SET reason = 'search_changed' WHERE reason = 'not_bookable';
"""


def is_reason(field: str) -> models.Q:
    return models.Q(**{f"{field}__in": CODES}) | models.Q(**{f"{field}__contains": " "})


class Migration(migrations.Migration):
    dependencies = [("alerts", "0019_the_key_a_device_was_made_with")]

    operations = [
        migrations.RemoveConstraint(model_name="useralert", name="alert_reason"),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_reason"),
        migrations.AlterField(
            model_name="useralert",
            name="state_reason",
            field=models.CharField(blank=True, choices=CHOICES, max_length=100, null=True),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="reason",
            field=models.CharField(blank=True, choices=CHOICES, max_length=100, null=True),
        ),
        AddConstraintNotValid(
            model_name="useralert",
            constraint=models.CheckConstraint(
                name="alert_reason", condition=is_reason("state_reason")
            ),
        ),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                name="delivery_reason", condition=is_reason("reason")
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, FORGET),
    ]
