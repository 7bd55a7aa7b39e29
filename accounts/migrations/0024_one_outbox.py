"""Mail of any kind but alerts is written in the transaction that causes it, and sent later."""

import django.db.models.deletion
import django.db.models.functions.datetime
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0023_mail_in_general"),
    ]

    operations = [
        migrations.CreateModel(
            name="OutboxMail",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("to", models.CharField(max_length=255)),
                ("kind", models.CharField(help_text="named after its template", max_length=100)),
                (
                    "is_awaited",
                    models.BooleanField(
                        db_default=False,
                        help_text="goes first, and where other mail is refused as well",
                    ),
                ),
                ("subject", models.TextField(blank=True, null=True)),
                ("text", models.TextField(blank=True, null=True)),
                ("html", models.TextField(blank=True, null=True)),
                (
                    "headers",
                    models.JSONField(blank=True, help_text="beyond the usual ones", null=True),
                ),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
                ("expires_at", models.DateTimeField(help_text="when it is of no use any more")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("pending", "pending"),
                            ("sending", "sending"),
                            ("accepted", "accepted"),
                            ("expired", "expired"),
                            ("suppressed", "suppressed"),
                            ("failed", "failed"),
                        ],
                        db_default="pending",
                        max_length=10,
                    ),
                ),
                (
                    "next_attempt_at",
                    models.DateTimeField(
                        db_default=django.db.models.functions.datetime.Now(),
                        help_text="when anybody may take it up (again)",
                    ),
                ),
                (
                    "token",
                    models.UUIDField(blank=True, help_text="proves who is sending it", null=True),
                ),
                ("attempts", models.SmallIntegerField(db_default=0)),
                (
                    "in_doubt",
                    models.SmallIntegerField(
                        db_default=0, help_text="how often nobody knows whether it was accepted"
                    ),
                ),
                (
                    "message_id",
                    models.UUIDField(
                        db_default=models.Func(function="gen_random_uuid"),
                        help_text="the same for all tries",
                    ),
                ),
                ("last_error", models.CharField(blank=True, max_length=500, null=True)),
                (
                    "fault",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("address", "the address: no more mail goes there"),
                            ("mailbox", "the mailbox or server for now: tried again"),
                            ("us", "us or the link: tried again, and staff are told"),
                            (
                                "unsaid",
                                "not said, us or the address: tried again, and staff are told",
                            ),
                            ("message", "the message: never tried again"),
                        ],
                        help_text="whose fault its last refusal was, where a mail server has said so",
                        max_length=10,
                        null=True,
                    ),
                ),
                ("accepted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="outbox_mails",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "mail",
                "ordering": ["-id"],
                "indexes": [
                    models.Index(
                        models.OrderBy(models.F("is_awaited"), descending=True),
                        models.F("next_attempt_at"),
                        condition=models.Q(("state__in", ["pending", "sending"])),
                        name="outbox_mails_due",
                    ),
                    models.Index(fields=["to"], name="outbox_mails_to"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["pending", "sending"]),
                            ("state__in", ["accepted", "expired", "suppressed", "failed"]),
                            _connector="OR",
                        ),
                        name="outbox_mail_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("fault__in", ["address", "mailbox", "us", "unsaid", "message"])
                        ),
                        name="outbox_mail_fault",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("state__in", ["pending", "sending"]),
                                ("subject__isnull", False),
                                ("text__isnull", False),
                            ),
                            models.Q(
                                models.Q(("state__in", ["pending", "sending"]), _negated=True),
                                ("headers__isnull", True),
                                ("html", None),
                                ("subject", None),
                                ("text", None),
                            ),
                            _connector="OR",
                        ),
                        name="outbox_mail_says_nothing_once_it_ended",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "sending"), ("token__isnull", False)),
                            models.Q(
                                models.Q(("state", "sending"), _negated=True),
                                ("token__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="outbox_mail_held_while_sending",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("accepted_at__isnull", False), ("state", "accepted")),
                            models.Q(
                                models.Q(("state", "accepted"), _negated=True),
                                ("accepted_at__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="outbox_mail_accepted_at",
                    ),
                ],
            },
        ),
    ]
