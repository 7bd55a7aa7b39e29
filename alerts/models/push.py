"""Push subscriptions: the browsers that a user has allowed to be woken."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from alerts.querysets import PushSubscriptionQuerySet


class PushSubscription(models.Model):
    """One browser's push endpoint; it belongs to the user who brought it first.

    `end_reason` is one of the learner's (BY_LEARNER) or EARLIER_KEY, else what its push service
    said.
    """

    REMOVED = "removed by the learner"
    SIGNED_OUT = "turned off when signing out"
    BY_LEARNER = (REMOVED, SIGNED_OUT)
    EARLIER_KEY = "it was made with an earlier key of ours"

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_subscriptions"
    )
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=50)
    label = models.CharField(max_length=100, null=True, blank=True)
    vapid_key = models.CharField(
        max_length=100, null=True, blank=True,
        help_text="our public key that it was made with; empty: from before this was noted",
    )  # fmt: skip
    created_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=100, null=True, blank=True)
    rests_until = models.DateTimeField(
        null=True, blank=True, help_text="its push service wants nothing for it before then"
    )
    refused_with = models.SmallIntegerField(
        null=True, blank=True, help_text="the status of its push service's last refusal"
    )
    refused_at = models.DateTimeField(null=True, blank=True)
    refusals = models.SmallIntegerField(db_default=0, help_text="400, 401 or 403 in a row")

    objects = PushSubscriptionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="push_endpoint_is_https", condition=Q(endpoint__startswith="https://")
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["user"], name="push_live_of_user", condition=Q(ended_at__isnull=True)
            ),
            models.Index(
                fields=["refused_at"], name="push_refused", condition=Q(refused_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.label or f"subscription {self.pk}"

    @property
    def has_earlier_key(self) -> bool:
        """Whether it ended because we no longer have the key that it was made with."""
        return self.end_reason == self.EARLIER_KEY
