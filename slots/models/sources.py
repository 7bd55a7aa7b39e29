"""Where slots come from, and what each source has said."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from centers.models import Center


class Source(models.Model):
    """Someone who tells us which slots are open: a file, a feed that posts, a feed we poll.

    `newest_observed_at` is by the source's clock, of the newest batch that was applied;
    `heard_at` is by ours, of the last batch that said something new, a held one included, and
    `silence_noticed_at` of when staff were last told that it has fallen silent.
    """

    STAFF = "staff"

    name = models.CharField(max_length=100, unique=True)
    is_active = models.BooleanField(db_default=True)
    is_simulated = models.BooleanField(db_default=False)
    stale_after_minutes = models.PositiveIntegerField(db_default=60)
    newest_observed_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    silence_noticed_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(db_default=Now())
    url = models.URLField(max_length=500, null=True, blank=True)
    poll_interval_seconds = models.PositiveIntegerField(db_default=300)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    etag = models.CharField(max_length=500, null=True, blank=True)
    last_modified = models.CharField(max_length=100, null=True, blank=True)
    failures = models.PositiveIntegerField(db_default=0)
    last_error = models.TextField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class SourceToken(models.Model):
    """A secret with which a source may post; only its SHA-256 digest is stored."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="tokens")
    label = models.CharField(max_length=100, null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    hint = models.CharField(max_length=8, help_text="the token's first characters")
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = "token"

    def __str__(self) -> str:
        return f"{self.hint}… of {self.source}"


class FeedBatch(models.Model):
    """What a source said at one time, and what became of it.

    `known_centers` are the centres that a complete batch speaks for: those it covers, less
    those of which it could not be read in full; null also for batches of before 30 November
    2026. `digest` is of its content, in whatever order.
    """

    class Status(models.TextChoices):
        APPLIED = "applied", "applied"
        BASELINE = "baseline", "baseline"
        HELD = "held", "held"
        DROPPED = "dropped", "dropped"
        STALE = "stale", "stale"
        REFUSED = "refused", "refused"

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="batches")
    sequence = models.BigIntegerField(null=True, blank=True)
    observed_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(db_default=Now())
    complete = models.BooleanField(db_default=False)
    covers = models.JSONField(null=True, blank=True)
    known_centers = ArrayField(models.IntegerField(), null=True, blank=True)
    digest = models.CharField(max_length=64, null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status)
    reason = models.TextField(null=True, blank=True)
    opened = models.IntegerField(db_default=0)
    closed = models.IntegerField(db_default=0)
    unchanged = models.IntegerField(db_default=0)
    past = models.IntegerField(db_default=0)
    rejected = models.JSONField(db_default=models.Value([], models.JSONField()))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name = "batch"
        verbose_name_plural = "batches"
        indexes: ClassVar = [
            models.Index(fields=["source", "-observed_at"], name="batches_by_source"),
            models.Index(fields=["source"], name="batches_held", condition=Q(status="held")),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "sequence"],
                condition=~Q(status="refused"),
                name="batch_sequence_once",
            ),
            models.CheckConstraint(
                name="batch_status",
                condition=Q(
                    status__in=["applied", "baseline", "held", "dropped", "stale", "refused"]
                ),
            ),
            models.CheckConstraint(
                name="batch_complete_covers", condition=Q(complete=False) | Q(covers__isnull=False)
            ),
            models.CheckConstraint(
                name="batch_known_unless_refused",
                condition=Q(status="refused") | Q(observed_at__isnull=False, digest__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"batch {self.sequence or self.pk} of {self.source}"

    @property
    def counted_at(self) -> datetime:
        """When it counts as observed: a source's clock that is ahead of ours counts as ours."""
        return min(self.observed_at or self.recorded_at, self.recorded_at)


class HeldSlot(models.Model):
    """A slot that a held batch lists, until the batch is released or dropped."""

    pk = models.CompositePrimaryKey("batch", "center", "test_type", "date", "time")
    batch = models.ForeignKey(
        FeedBatch, on_delete=models.CASCADE, related_name="held_slots", db_index=False
    )
    center = models.ForeignKey(Center, on_delete=models.CASCADE, related_name="+", db_index=False)
    test_type = models.CharField(max_length=50)
    date = models.DateField()
    time = models.TimeField()

    class Meta:
        ordering: ClassVar = ["batch", "center", "test_type", "date", "time"]

    def __str__(self) -> str:
        return f"{self.test_type} at {self.center_id}, {self.date} {self.time}"


class SourceBaseline(models.Model):
    """A centre and test type that a source's complete batches have covered at least once.

    `covered_since` is when the first of them was observed.
    """

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="baselines")
    center = models.ForeignKey(Center, on_delete=models.CASCADE, related_name="+")
    test_type = models.CharField(max_length=50)
    batch = models.ForeignKey(FeedBatch, on_delete=models.SET_NULL, null=True, related_name="+")
    covered_since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "center", "test_type"], name="baseline_pair_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.center_id} {self.test_type}"
