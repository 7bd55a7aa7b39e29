"""The sentences that said why an alert or a delivery was not sent become codes, as they stay.

Only rows that have ended are written, which nothing waits for.
"""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations

KNOWN = """
    (VALUES
    ('mailed_instead', 'went by e-mail instead'),
    ('told_enough', 'told of this slot 3 times in 24 hours'),
    ('over_limit', 'over the daily limit'),
    ('slot_closed', 'the slot was no longer open'),
    ('search_deleted', 'the search was deleted'),
    ('search_ended', 'the search was ended'),
    ('search_paused', 'the search was paused'),
    ('search_changed', 'the search was changed, and no longer asks for it'),
    ('account_disabled', 'the account is disabled'),
    ('address_refuses', 'the address refuses mail'),
    ('refused', 'refused for good'),
    ('retries_used_up', 'retries used up'),
    ('not_made', 'its message could not be made'),
    ('maybe_sent', 'it may have been sent before the service was restored'),
    ('none_open', 'no slot in it was still open'),
    ('none_left', 'all that it was to tell has been told or ended'),
    ('device_ended', 'the device was ended'),
    ('device_removed', 'the device was removed')
    ) AS known (code, sentence)
"""
COLUMNS = (("useralerts", "state_reason"), ("alerts_delivery", "reason"))


def rewrite(old: str, new: str) -> list[str]:
    """A statement for each column, from one way of saying it to the other."""
    return [
        f"UPDATE {table} SET {column} = known.{new} FROM {KNOWN}"  # noqa: S608 - all ours
        f" WHERE {column} = known.{old}"
        for table, column in COLUMNS
    ]


class Migration(migrations.Migration):
    dependencies = [("alerts", "0017_unsent_reasons_as_codes")]

    operations = [
        migrations.RunSQL(rewrite("sentence", "code"), rewrite("code", "sentence")),
        ValidateConstraint(model_name="useralert", name="alert_reason"),
        ValidateConstraint(model_name="delivery", name="delivery_reason"),
    ]
