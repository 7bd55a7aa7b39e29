"""Deliveries: one message on its way to one target."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from accounts.mail.refusals import Fault
from alerts.models.companions import Companion
from alerts.models.notifications import Notification
from alerts.models.push import PushSubscription
from alerts.models.unsent import UnsentReason, is_reason
from alerts.models.webhooks import Webhook
from alerts.querysets import DeliveryQuerySet

# The foreign key of each channel's targets; what goes to the learner's own address has none.
TARGETS = {"push": "subscription", "email": None, "companion": "companion", "webhook": "webhook"}


def goes_to_its_target() -> Q:
    """What a CHECK asks: the key of the delivery's channel is set, and no other channel's."""
    keys = sorted(key for key in TARGETS.values() if key)
    condition = Q()
    for channel, own in TARGETS.items():
        condition |= Q(channel=channel, **{f"{key}__isnull": key != own for key in keys})
    return condition


class Delivery(models.Model):
    """A notification's way to one target: the user's address, a push subscription, a companion
    or a webhook.

    `next_attempt_at` is when anybody may take it up (again): for one that is held, the end
    of the lease. `starts` counts claims since it last reached the network, so that a message
    whose making fails or kills its process comes to an end. All times are the database's.
    """

    class State(models.TextChoices):
        PENDING = "pending", "pending"
        CLAIMED = "claimed", "claimed"
        SENDING = "sending", "sending"
        RETRY = "retry", "to be tried again"
        ACCEPTED = "accepted", "accepted"
        EXPIRED = "expired", "expired"
        SUPPRESSED = "suppressed", "suppressed"
        FAILED = "failed", "failed"

    class Channel(models.TextChoices):
        EMAIL = "email", "Email"
        PUSH = "push", "Push"
        COMPANION = "companion", "Email to a companion"
        WEBHOOK = "webhook", "Webhook"

    LIVE = (State.PENDING, State.CLAIMED, State.SENDING, State.RETRY)

    id = models.BigAutoField(primary_key=True)
    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="deliveries"
    )
    channel = models.CharField(max_length=10, choices=Channel)
    subscription = models.ForeignKey(
        PushSubscription, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries"
    )
    companion = models.ForeignKey(
        Companion, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries",
        db_index=False,
    )  # fmt: skip
    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, null=True, blank=True, related_name="deliveries",
        db_index=False,
    )  # fmt: skip
    provider = models.CharField(
        max_length=255, help_text="whose failing concerns it: `smtp`, or the host"
    )
    state = models.CharField(max_length=10, choices=State, db_default=State.PENDING)
    created_at = models.DateTimeField(db_default=Now())
    next_attempt_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_token = models.UUIDField(null=True, blank=True)
    starts = models.SmallIntegerField(db_default=0)
    attempts = models.SmallIntegerField(db_default=0)
    in_doubt = models.SmallIntegerField(
        db_default=0, help_text="how often nobody knows whether it was accepted"
    )
    message_id = models.UUIDField(
        db_default=Func(function="gen_random_uuid"), help_text="the same for all tries"
    )
    counted = ArrayField(
        models.BigIntegerField(), null=True, blank=True, help_text="the alerts in its last message"
    )
    last_error = models.CharField(max_length=500, null=True, blank=True)
    fault = models.CharField(
        max_length=10, choices=Fault, null=True, blank=True,
        help_text="whose fault its last refusal was, where a mail server has said so",
    )  # fmt: skip
    refused_since = models.DateTimeField(
        null=True, blank=True, help_text="when the hours began in which it may be tried again"
    )
    reason = models.CharField(max_length=100, null=True, blank=True, choices=UnsentReason)
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name_plural = "deliveries"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notification", "subscription"], name="delivery_once_per_subscription"
            ),
            models.UniqueConstraint(
                fields=["notification"], condition=Q(channel="email"), name="delivery_one_email"
            ),
            models.UniqueConstraint(
                fields=["companion", "notification"],
                name="delivery_once_per_companion",
                condition=Q(companion__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["webhook", "notification"],
                name="delivery_once_per_webhook",
                condition=Q(webhook__isnull=False),
            ),
            models.CheckConstraint(
                name="delivery_channel",
                condition=Q(channel__in=["email", "push", "companion", "webhook"]),
            ),
            models.CheckConstraint(name="delivery_target", condition=goes_to_its_target()),
            models.CheckConstraint(
                name="delivery_state",
                condition=Q(state__in=["pending", "claimed", "sending", "retry"])
                | Q(state__in=["accepted", "expired", "suppressed", "failed"]),
            ),
            models.CheckConstraint(name="delivery_reason", condition=is_reason("reason")),
            models.CheckConstraint(name="delivery_fault", condition=Q(fault__in=Fault.values)),
            models.CheckConstraint(
                name="delivery_leased_while_held",
                condition=Q(
                    state__in=["claimed", "sending"],
                    lease_until__isnull=False,
                    lease_token__isnull=False,
                )
                | (
                    ~Q(state__in=["claimed", "sending"])
                    & Q(lease_until__isnull=True, lease_token__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="delivery_accepted_at",
                condition=Q(state="accepted", accepted_at__isnull=False)
                | (~Q(state="accepted") & Q(accepted_at__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                F("channel"),
                F("next_attempt_at"),
                name="deliveries_due",
                condition=Q(state__in=["pending", "claimed", "sending", "retry"]),
            ),
            # What staff look for among millions that were accepted.
            models.Index(
                fields=["id"],
                name="deliveries_unsent",
                condition=Q(state__in=["expired", "suppressed", "failed"]),
            ),
            models.Index(
                fields=["id"], name="deliveries_to_companions", condition=Q(channel="companion")
            ),
            models.Index(
                fields=["id"], name="deliveries_to_webhooks", condition=Q(channel="webhook")
            ),
            # Whether a push service takes our pushes to other devices.
            models.Index(
                fields=["provider", "accepted_at"],
                name="deliveries_pushed",
                condition=Q(channel="push", state="accepted"),
            ),
            models.Index(fields=["state"], name="deliveries_in_doubt", condition=Q(in_doubt__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.channel} delivery {self.pk}"
