"""Why an alert or a delivery was not sent is stored as a code from now on.

The release before writes sentences, and may do so while it is replaced: a CHECK takes both.
"""

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


def is_reason(field: str) -> models.Q:
    return models.Q(**{f"{field}__in": CODES}) | models.Q(**{f"{field}__contains": " "})


class Migration(migrations.Migration):
    dependencies = [("alerts", "0016_centres_followed_without_holding_up_saves")]

    operations = [
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
    ]
