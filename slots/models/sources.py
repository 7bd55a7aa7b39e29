"""Where slots come from, and what each source has said."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from centers.models import Center


class Source(models.Model):
    """Somebody who tells us which slots are open: a file, a feed that posts, a feed we poll."""

    STAFF = "staff"

    name = models.CharField(max_length=100, unique=True)
    is_active = models.BooleanField(db_default=True)
    is_simulated = models.BooleanField(db_default=False)
    stale_after_minutes = models.PositiveIntegerField(db_default=60)
    newest_observed_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
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

    def __str__(self) -> str:
        return f"{self.hint}… of {self.source}"


class FeedBatch(models.Model):
    """What a source said at one time, and what became of it."""

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
    observed_at = models.DateTimeField()
    recorded_at = models.DateTimeField(db_default=Now())
    complete = models.BooleanField(db_default=False)
    covers = models.JSONField(null=True, blank=True)
    digest = models.CharField(max_length=64)
    status = models.CharField(max_length=10, choices=Status)
    reason = models.TextField(null=True, blank=True)
    opened = models.IntegerField(db_default=0)
    closed = models.IntegerField(db_default=0)
    unchanged = models.IntegerField(db_default=0)
    past = models.IntegerField(db_default=0)
    rejected = models.JSONField(db_default=models.Value([], models.JSONField()))
    payload = models.JSONField(null=True, blank=True, help_text="the slots of a held batch")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name_plural = "feed batches"
        indexes: ClassVar = [
            models.Index(fields=["source", "-observed_at"], name="batches_by_source"),
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
        ]

    def __str__(self) -> str:
        return f"batch {self.sequence or self.pk} of {self.source}"


class SourceBaseline(models.Model):
    """A centre and test type that a source's complete batches have covered at least once."""

    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="baselines")
    center = models.ForeignKey(Center, on_delete=models.CASCADE, related_name="+")
    test_type = models.CharField(max_length=50)
    batch = models.ForeignKey(FeedBatch, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "center", "test_type"], name="baseline_pair_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.center_id} {self.test_type}"
