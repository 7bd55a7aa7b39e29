"""Alerts: who was told, or is to be told, of which opening."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import SavedSearch
from alerts.models.notifications import Notification
from alerts.models.unsent import UnsentReason, is_reason
from alerts.querysets import UserAlertQuerySet
from slots.models import Slot, SlotOpening


class UserAlert(models.Model):
    """One user's alert for one opening; `state` is null for a row that matching did not make."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENT = "sent", "sent"
        EXPIRED = "expired", "expired"
        SUPPRESSED = "suppressed", "suppressed"
        FAILED = "failed", "failed"

    class Answer(models.TextChoices):
        GONE = "gone", "It’s gone"
        GOT_IT = "got_it", "I got it"

    id = models.BigAutoField(primary_key=True, db_column="alert_id")
    # `alerts_of_a_week` begins with it.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="alerts", db_index=False
    )
    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="alerts")
    sent = models.BooleanField(db_default=False)
    created_at = models.DateTimeField(db_default=Now())
    opening = models.ForeignKey(
        SlotOpening, on_delete=models.CASCADE, null=True, blank=True, related_name="alerts"
    )
    preference = models.ForeignKey(
        SavedSearch, on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts"
    )
    miles = models.FloatField(null=True, blank=True)
    notification = models.ForeignKey(
        Notification, on_delete=models.SET_NULL, null=True, blank=True, related_name="alerts"
    )
    state = models.CharField(max_length=10, null=True, blank=True, choices=State)
    state_reason = models.CharField(max_length=100, null=True, blank=True, choices=UnsentReason)
    sent_at = models.DateTimeField(null=True, blank=True)
    wave = models.SmallIntegerField(
        null=True, blank=True, help_text="empty where everyone was told at once"
    )
    answer = models.CharField(
        max_length=10, null=True, blank=True, choices=Answer,
        help_text="what the learner said became of the slot",
    )  # fmt: skip
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = UserAlertQuerySet.as_manager()

    class Meta:
        db_table = "useralerts"
        ordering: ClassVar = ["-id"]
        verbose_name = "alert"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "opening"], name="alert_once_per_opening"),
            models.CheckConstraint(
                name="alert_state",
                condition=Q(state__in=["waiting", "sent", "expired", "suppressed", "failed"]),
            ),
            models.CheckConstraint(name="alert_reason", condition=is_reason("state_reason")),
            models.CheckConstraint(
                name="alert_answer",
                condition=Q(answer__isnull=True, answered_at__isnull=True)
                | Q(answer__in=["gone", "got_it"], answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="alert_sent_agrees",
                condition=Q(state__isnull=True)
                | Q(state="sent", sent=True, sent_at__isnull=False)
                | (~Q(state="sent") & Q(sent=False, sent_at__isnull=True)),
            ),
        ]
        indexes: ClassVar = [
            # A draw counts each learner's alerts of the last 7 days.
            models.Index(fields=["user", "created_at"], name="alerts_of_a_week"),
            models.Index(
                fields=["created_at"],
                name="alerts_waiting",
                condition=Q(state="waiting", notification__isnull=True),
            ),
            # Of all messages those that are under way, for what must go by email instead.
            models.Index(
                fields=["notification"],
                name="alerts_underway",
                condition=Q(state="waiting", notification__isnull=False),
            ),
            # Who said what became of a slot: two that it is gone hold its next wave.
            models.Index(
                fields=["opening"], name="alerts_answered", condition=Q(answer__isnull=False)
            ),
            # What staff look for among millions that were sent.
            models.Index(
                fields=["id"],
                name="alerts_unsent",
                condition=Q(state__in=["suppressed", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"
