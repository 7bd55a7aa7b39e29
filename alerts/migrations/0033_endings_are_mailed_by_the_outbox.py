"""The mail about a search that has ended is in the outbox.

The columns of the old way stay for the release before, which takes up no row of ours; the next
drops them.
"""

import django.db.models.deletion
from django.db import migrations, models

REMOVED = (
    "search_ending_state", "search_ending_held_while_sending", "search_ending_accepted_at",
)  # fmt: skip
OLD_FIELDS = (
    "state", "next_attempt_at", "token", "attempts", "in_doubt", "message_id", "last_error",
    "accepted_at",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0026_mails_are_checked"),
        ("alerts", "0032_mails_to_companions_are_found"),
    ]

    operations = [
        migrations.AddField(
            model_name="searchending",
            name="mail",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="search_ending",
                to="accounts.outboxmail",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE alerts_searchending ALTER COLUMN state SET DEFAULT 'suppressed'",
            "ALTER TABLE alerts_searchending ALTER COLUMN state SET DEFAULT 'pending'",
        ),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                *(migrations.RemoveConstraint("searchending", name) for name in REMOVED),
                migrations.RemoveIndex("searchending", "search_endings_due"),
                *(migrations.RemoveField("searchending", name) for name in OLD_FIELDS),
            ]
        ),
    ]
