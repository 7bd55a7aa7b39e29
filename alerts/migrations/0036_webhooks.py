"""Webhooks get a learner's alerts as JSON."""

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models.functions import Now

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
    ("companion_ended", "the companion gets no more mail"),
    ("webhook_ended", "the webhook gets no more messages"),
]
CODES = [code for code, _ in CHOICES]
END_REASONS = [
    ("removed", "removed by the learner"),
    ("gone", "it answered that it is gone (410)"),
    ("failing", "it accepted nothing for days"),
]
CHANNELS = [
    ("email", "Email"),
    ("push", "Push"),
    ("companion", "Email to a companion"),
    ("webhook", "Webhook"),
]
# Going back, what was for webhooks goes, before their table does.
FORGET = "DELETE FROM alerts_delivery WHERE channel = 'webhook'"


def is_reason(field: str) -> models.Q:
    return models.Q(**{f"{field}__in": CODES}) | models.Q(**{f"{field}__contains": " "})


def goes_to(channel: str, column: str | None) -> models.Q:
    columns = ("companion", "subscription", "webhook")
    nulls = {f"{each}__isnull": each != column for each in columns}
    return models.Q(channel=channel, **nulls)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0035_email_as_a_word")]

    operations = [
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="webhooks",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("place", models.SmallIntegerField()),
                ("url", models.CharField(max_length=1000)),
                ("host", models.CharField(max_length=255)),
                ("secret", models.CharField(max_length=255)),
                ("created_at", models.DateTimeField(db_default=Now())),
                (
                    "failures",
                    models.SmallIntegerField(
                        db_default=0, help_text="messages in a row not accepted"
                    ),
                ),
                ("failing_since", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end_reason",
                    models.CharField(blank=True, choices=END_REASONS, max_length=10, null=True),
                ),
            ],
            options={
                "ordering": ["user", "place"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(url__startswith="https://"), name="webhook_is_https"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(place__range=(1, 3)), name="webhook_place"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(ended_at__isnull=True),
                        fields=("user", "place"),
                        name="webhook_once_per_place",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(ended_at__isnull=True),
                        fields=("user", "url"),
                        name="webhook_once_per_url",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(failures=0, failing_since__isnull=True)
                        | models.Q(failures__gt=0, failing_since__isnull=False),
                        name="webhook_failing",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(ended_at__isnull=True, end_reason__isnull=True)
                        | models.Q(
                            ended_at__isnull=False, end_reason__in=["removed", "gone", "failing"]
                        ),
                        name="webhook_end",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="webhook",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.CASCADE,
                related_name="deliveries",
                to="alerts.webhook",
            ),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_channel"),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_target"),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(choices=CHANNELS, max_length=10),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="provider",
            field=models.CharField(
                help_text="whose failing concerns it: `smtp`, or the host", max_length=255
            ),
        ),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                name="delivery_channel",
                condition=models.Q(channel__in=["email", "push", "companion", "webhook"]),
            ),
        ),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                name="delivery_target",
                condition=goes_to("push", "subscription")
                | goes_to("email", None)
                | goes_to("companion", "companion")
                | goes_to("webhook", "webhook"),
            ),
        ),
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
