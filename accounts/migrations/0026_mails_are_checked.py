"""Looked through in a transaction of its own: no page that queues a mail waits for it."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0025_mails_written_when_sent")]

    operations = [
        ValidateConstraint(model_name="outboxmail", name="outbox_mail_says_nothing_once_it_ended"),
    ]
