"""Companions get a learner's alerts by email."""

from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models.functions import Lower, Now

from accounts.addresses import check_address
from alerts.models.companions import check_name

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
]
CODES = [code for code, _ in CHOICES]
END_REASONS = [
    ("taken_back", "taken back by the learner"),
    ("stopped", "stopped by the companion"),
    ("refused", "the address refuses mail"),
]
CHANNELS = [("email", "Email"), ("push", "Push"), ("companion", "Email to a companion")]
# Going back, what was for companions goes, before their table does.
FORGET = "DELETE FROM alerts_delivery WHERE channel = 'companion'"


def is_reason(field: str) -> models.Q:
    return models.Q(**{f"{field}__in": CODES}) | models.Q(**{f"{field}__contains": " "})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0022_summaries_and_email_beside_push"),
        ("alerts", "0028_feeds_of_searches"),
        ("slots", "0017_reports_mark_changes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Companion",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=models.CASCADE,
                        related_name="companions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("place", models.SmallIntegerField()),
                ("email", models.EmailField(max_length=255, validators=[check_address])),
                ("learner_name", models.CharField(max_length=40, validators=[check_name])),
                ("named_at", models.DateTimeField(db_default=Now())),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                (
                    "end_reason",
                    models.CharField(blank=True, choices=END_REASONS, max_length=10, null=True),
                ),
            ],
            options={
                "ordering": ["user", "place"],
                "indexes": [models.Index(Lower("email"), name="companions_by_address")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(learner_name__regex="^[^0-9@:/.<>]{1,40}$"),
                        name="companion_learner_name",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(place__range=(1, 3)), name="companion_place"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(ended_at__isnull=True),
                        fields=("user", "place"),
                        name="companion_once_per_place",
                    ),
                    models.UniqueConstraint(
                        "user",
                        Lower("email"),
                        condition=models.Q(ended_at__isnull=True),
                        name="companion_once_per_address",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(ended_at__isnull=True, end_reason__isnull=True)
                        | models.Q(
                            ended_at__isnull=False,
                            end_reason__in=["taken_back", "stopped", "refused"],
                        ),
                        name="companion_end",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="delivery",
            name="companion",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=models.CASCADE,
                related_name="deliveries",
                to="alerts.companion",
            ),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_channel"),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_target"),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(choices=CHANNELS, max_length=10),
        ),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                name="delivery_channel",
                condition=models.Q(channel__in=["email", "push", "companion"]),
            ),
        ),
        AddConstraintNotValid(
            model_name="delivery",
            constraint=models.CheckConstraint(
                name="delivery_target",
                condition=models.Q(
                    channel="email", subscription__isnull=True, companion__isnull=True
                )
                | models.Q(channel="push", subscription__isnull=False, companion__isnull=True)
                | models.Q(channel="companion", subscription__isnull=True, companion__isnull=False),
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
