"""A mail of some kinds is written when it is sent, and may have to wait for its reader."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0024_one_outbox")]

    operations = [
        migrations.AddField(
            model_name="outboxmail",
            name="not_before",
            field=models.DateTimeField(
                blank=True, help_text="until when its reader wants no mail", null=True
            ),
        ),
        migrations.RemoveConstraint(
            model_name="outboxmail", name="outbox_mail_says_nothing_once_it_ended"
        ),
        AddConstraintNotValid(
            model_name="outboxmail",
            constraint=models.CheckConstraint(
                name="outbox_mail_says_nothing_once_it_ended",
                condition=models.Q(
                    ("state__in", ["pending", "sending"]),
                    ("subject__isnull", False),
                    ("text__isnull", False),
                )
                | models.Q(
                    ("headers__isnull", True), ("html", None), ("subject", None), ("text", None)
                ),
            ),
        ),
    ]
