"""Webhooks: addresses of learners' own that get what their mail tells, as JSON."""

from typing import ClassVar
from urllib.parse import urlsplit

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.encryption import cipher
from accounts.models import User
from alerts.querysets import WebhookQuerySet

PURPOSE = b"webhook"


class Webhook(models.Model):
    """Messages go there from when it is added until it has ended.

    `place` numbers those that one learner has, from 1: at most MOST at once. `secret` signs the
    messages; it is encrypted, and gone with the end. `failures` counts in a row what it did not
    accept, the first at `failing_since`. All times are the database's.
    """

    class EndReason(models.TextChoices):
        REMOVED = "removed", "removed by the learner"
        GONE = "gone", "it answered that it is gone (410)"
        FAILING = "failing", "it accepted nothing for days"

    MOST = 3

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="webhooks")
    place = models.SmallIntegerField()
    url = models.CharField(max_length=1000)
    host = models.CharField(max_length=255)
    secret = models.CharField(max_length=255)
    created_at = models.DateTimeField(db_default=Now())
    failures = models.SmallIntegerField(db_default=0, help_text="messages in a row not accepted")
    failing_since = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, choices=EndReason, null=True, blank=True)

    objects = WebhookQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["user", "place"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="webhook_is_https", condition=Q(url__startswith="https://")
            ),
            models.CheckConstraint(name="webhook_place", condition=Q(place__range=(1, 3))),
            models.UniqueConstraint(
                fields=["user", "place"], name="webhook_once_per_place",
                condition=Q(ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["user", "url"], name="webhook_once_per_url",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="webhook_failing",
                condition=Q(failures=0, failing_since__isnull=True)
                | Q(failures__gt=0, failing_since__isnull=False),
            ),
            models.CheckConstraint(
                name="webhook_end",
                condition=Q(ended_at__isnull=True, end_reason__isnull=True)
                | Q(ended_at__isnull=False, end_reason__in=["removed", "gone", "failing"]),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.host

    @property
    def is_live(self) -> bool:
        """Whether the learner's alerts go there."""
        return self.ended_at is None

    @property
    def path(self) -> str:
        """What tells it from another of the same host."""
        return urlsplit(self.url).path

    def read_secret(self) -> str:
        """What signs its messages; raises cryptography.fernet.InvalidToken under another key."""
        return cipher(PURPOSE).decrypt(self.secret.encode()).decode()
