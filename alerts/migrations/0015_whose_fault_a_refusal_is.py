"""A refusal of mail says whose fault it is; retries end by the hour and not by their number."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Now

FAULTS = [
    ("address", "the address: no more mail goes there"),
    ("mailbox", "the mailbox or server for now: tried again"),
    ("us", "us or the link: tried again, and staff are told"),
    ("unsaid", "not said, us or the address: tried again, and staff are told"),
    ("message", "the message: never tried again"),
]
# Until now any 5xx marked its address for ever. Lifted is each mark whose words are a server's
# answer and don't hold one of the codes that are about an address; what a provider reported in
# other words stays. One that was right after all comes back with the next refusal.
LIFT = r"""
DELETE FROM alerts_mailrefusal
 WHERE reason ~ '^5[0-9][0-9]( |$)'
   AND reason !~ '^5[0-9][0-9] [[(<#]?5\.(1\.(0|1|2|3|6|10)|2\.1)($|[^.0-9])'
"""


class Migration(migrations.Migration):
    # Each step on its own: the table is looked through without a lock that anybody waits for.
    atomic = False

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("alerts", "0014_which_push_services_accept"),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="fault",
            field=models.CharField(
                blank=True,
                choices=FAULTS,
                help_text="whose fault its last refusal was, where a mail server has said so",
                max_length=10,
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="refused_since",
            field=models.DateTimeField(
                blank=True,
                help_text="when the hours began in which it may be tried again",
                null=True,
            ),
        ),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=Q(fault__in=[name for name, _ in FAULTS]), name="delivery_fault"
            ),
        ),
        ValidateConstraint(model_name="delivery", name="delivery_fault"),
        migrations.CreateModel(
            name="BareRefusal",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("address", models.CharField(max_length=255)),
                ("day", models.DateField()),
                ("reason", models.CharField(max_length=500)),
                (
                    "refused_at",
                    models.DateTimeField(db_default=Now(), help_text="the last time on that day"),
                ),
                ("while_others_went", models.BooleanField(db_default=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bare_refusals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user", "address", "day"), name="bare_refusal_once_a_day"
                    )
                ],
            },
        ),
        migrations.RunSQL(LIFT, migrations.RunSQL.noop),
    ]
