"""Searches that have ended or rest by themselves, and the one mail that says so."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import OutboxMail, SavedSearch, User


class SearchEnding(models.Model):
    """That a search has ended, since its windows had all passed, and the mail that says so.

    `tells_until` was the last day on which it could have told of a slot; for the same one it
    ends only once. Where `booked_for` is set it only rests, since the test that its learner has
    booked for that day can no longer be changed: each learner hears of that once. The mail is
    forgotten before the ending is.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    search = models.ForeignKey(SavedSearch, on_delete=models.CASCADE, related_name="endings")
    tells_until = models.DateField()
    booked_for = models.DateField(null=True, blank=True)
    ended_at = models.DateTimeField(db_default=Now())
    mail = models.OneToOneField(
        OutboxMail, on_delete=models.SET_NULL, null=True, blank=True, related_name="search_ending"
    )

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
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"end of search {self.search_id}"
