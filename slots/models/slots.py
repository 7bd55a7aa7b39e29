"""Slots, and the openings in which each was free to book."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from centers.models import Center
from slots.models.sources import FeedBatch, Source
from slots.querysets import OpeningQuerySet, SlotQuerySet


class Slot(models.Model):
    """A test time at a centre; date and time are Europe/London wall-clock.

    `source` is whose the slot is while it is open: the source that opened its present episode,
    or that took it over since. `withheld_at` is when staff closed it: no source opens it again
    before one that might have closed it stops listing it.
    """

    class TestType(models.TextChoices):
        PRACTICAL = "practical", "Practical"
        THEORY = "theory", "Theory"

    id = models.AutoField(primary_key=True, db_column="slot_id")
    # The unique constraint's index begins with it.
    center = models.ForeignKey(
        Center, on_delete=models.PROTECT, related_name="slots", db_index=False
    )
    test_type = models.CharField(max_length=50, choices=TestType)
    date = models.DateField()
    time = models.TimeField()
    available = models.BooleanField(db_default=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now(), null=True)
    source = models.ForeignKey(
        Source,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="slots",
        db_index=False,  # every ingested slot would pay for what nobody asks
    )
    last_seen_at = models.DateTimeField(null=True, blank=True)
    withheld_at = models.DateTimeField(null=True, blank=True)

    objects = SlotQuerySet.as_manager()

    class Meta:
        db_table = "drivingtestslots"
        ordering: ClassVar = ["date", "time", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["center", "test_type", "date", "time"], name="slots_once"
            ),
            models.CheckConstraint(
                name="slots_test_type", condition=Q(test_type__in=["practical", "theory"])
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["center", "test_type", "date", "time"],
                name="slots_open",
                include=["id"],
                condition=Q(available=True),
            ),
            models.Index(
                fields=["id"], name="slots_withheld", condition=Q(withheld_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.test_type} at {self.center_id}, {self.date} {self.time}"


class SlotOpening(models.Model):
    """One episode of a slot being free, from `opened_at` to `closed_at` (by the source's clock).

    `resumed_at` (by ours) says that the episode has gone on after it had been closed for less
    than the quiet time: its alerts that expired unsent are due again. What makes them so
    sets it back to null.
    `mass_closed` marks what a held batch closed once it was released or confirmed: what of it
    returns within 24 hours is quiet.
    `wave` is the last wave of learners that was told, null where all were told at once;
    `next_wave_at` is when the next one's turn comes, and the `seed` decides by lot who is in it.
    """

    class CloseReason(models.TextChoices):
        GONE = "gone", "gone"
        PASSED = "passed", "passed"
        STAFF = "staff", "closed by staff"

    class Quiet(models.TextChoices):
        """Why nobody is alerted.

        What waited while a database was restored had been seen to open; of the others nobody
        knows when they did (UNSEEN).
        """

        BASELINE = "baseline", "listed when the source first covered the centre"
        RETURNED = "returned", "came back after a mass closing"
        RESTORED = "restored", "may have been announced before the database was restored"

    UNSEEN = (Quiet.BASELINE, Quiet.RETURNED)

    id = models.BigAutoField(primary_key=True)
    # The index of (slot, episode) begins with it.
    slot = models.ForeignKey(
        Slot, on_delete=models.CASCADE, related_name="openings", db_index=False
    )
    episode = models.IntegerField()
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=10, null=True, blank=True, choices=CloseReason)
    source = models.ForeignKey(
        Source,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="openings",
        db_index=False,
    )
    batch = models.ForeignKey(
        FeedBatch, on_delete=models.SET_NULL, null=True, blank=True, related_name="openings"
    )
    quiet = models.CharField(
        max_length=10,
        null=True,
        blank=True,
        choices=Quiet,
        help_text="why nobody is alerted; empty when everybody concerned is",
    )
    matched_at = models.DateTimeField(null=True, blank=True)
    resumed_at = models.DateTimeField(null=True, blank=True)
    mass_closed = models.BooleanField(db_default=False)
    wave = models.SmallIntegerField(null=True, blank=True)
    next_wave_at = models.DateTimeField(null=True, blank=True)
    seed = models.UUIDField(null=True, blank=True)
    reported_gone_at = models.DateTimeField(
        null=True, blank=True, help_text="when a second learner said that the slot was gone"
    )

    objects = OpeningQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = "opening"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["slot", "episode"], name="opening_episode_once"),
            models.UniqueConstraint(
                fields=["slot"], condition=Q(closed_at__isnull=True), name="opening_one_open"
            ),
            models.CheckConstraint(
                name="opening_closed_with_reason",
                condition=Q(closed_at__isnull=True, close_reason__isnull=True)
                | Q(closed_at__isnull=False, close_reason__in=["gone", "passed", "staff"]),
            ),
            models.CheckConstraint(
                name="opening_quiet", condition=Q(quiet__in=["baseline", "returned", "restored"])
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["id"],
                name="openings_unmatched",
                condition=Q(matched_at__isnull=True, quiet__isnull=True),
            ),
            models.Index(fields=["recorded_at"], name="openings_recorded"),
            models.Index(
                fields=["id"], name="openings_resumed", condition=Q(resumed_at__isnull=False)
            ),
            models.Index(
                fields=["next_wave_at"],
                name="openings_in_waves",
                condition=Q(next_wave_at__isnull=False, closed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"opening {self.episode} of slot {self.slot_id}"

    @property
    def seen_to_open_at(self) -> datetime | None:
        """When it opened; None where it was open when it was first seen, at `opened_at`."""
        return None if self.quiet in self.UNSEEN else self.opened_at

    @property
    def is_reported_gone(self) -> bool:
        """Whether learners said so, and no source has listed the slot since."""
        listed_at = self.slot.last_seen_at
        reported_at = self.reported_gone_at
        return reported_at is not None and (listed_at is None or reported_at > listed_at)
