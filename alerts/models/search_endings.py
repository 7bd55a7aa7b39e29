"""Searches that have ended or rest by themselves, and the one mail that says so."""

from typing import ClassVar

from django.db import models
from django.db.models import Func, Q
from django.db.models.functions import Now

from accounts.models import SavedSearch, User
from alerts.querysets import SearchEndingQuerySet


class SearchEnding(models.Model):
    """A search whose windows had all passed: that it ended, and how far its mail has come.

    `tells_until` was the last day on which it could have told of a slot; for the same one it
    ends only once. Where `booked_for` is set it only rests, since the test that its learner has
    booked for that day can no longer be changed: each learner hears of that once. All times are
    the database's, and states mean what a delivery's do.
    """

    class State(models.TextChoices):
        PENDING = "pending", "pending"
        SENDING = "sending", "sending"
        ACCEPTED = "accepted", "accepted"
        SUPPRESSED = "suppressed", "suppressed"
        FAILED = "failed", "failed"

    LIVE = (State.PENDING, State.SENDING)

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="endings")
    tells_until = models.DateField()
    booked_for = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=10, choices=State, db_default=State.PENDING)
    next_attempt_at = models.DateTimeField(
        db_default=Now(), help_text="when anybody may take it up (again)"
    )
    token = models.UUIDField(null=True, blank=True, help_text="proves who is sending it")
    attempts = models.SmallIntegerField(db_default=0)
    in_doubt = models.SmallIntegerField(
        db_default=0, help_text="how often nobody knows whether it was accepted"
    )
    message_id = models.UUIDField(db_default=Func(function="gen_random_uuid"))
    last_error = models.CharField(max_length=500, null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    objects = SearchEndingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["search", "tells_until"], name="search_ending_once_per_day"
            ),
            models.UniqueConstraint(
                fields=["user", "booked_for"], name="search_rests_once",
                condition=Q(booked_for__isnull=False),
            ),
            models.CheckConstraint(
                name="search_ending_state",
                condition=Q(state__in=["pending", "sending", "accepted", "suppressed", "failed"]),
            ),
            models.CheckConstraint(
                name="search_ending_held_while_sending",
                condition=Q(state="sending", token__isnull=False)
                | (~Q(state="sending") & Q(token__isnull=True)),
            ),
            models.CheckConstraint(
                name="search_ending_accepted_at",
                condition=Q(state="accepted", accepted_at__isnull=False)
                | (~Q(state="accepted") & Q(accepted_at__isnull=True)),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            models.Index(
                fields=["next_attempt_at"],
                name="search_endings_due",
                condition=Q(state__in=["pending", "sending"]),
            ),
        ]

    def __str__(self) -> str:
        return f"end of search {self.search_id}"
