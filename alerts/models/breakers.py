"""Breakers: which provider is failing, and until when nothing is sent through it."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from alerts.querysets import BreakerQuerySet


class Breaker(models.Model):
    """One provider's failures in a row; with `open_until` set, nothing is sent before then."""

    provider = models.CharField(max_length=255, primary_key=True)
    failures = models.IntegerField(db_default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    objects = BreakerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["provider"]
        verbose_name = "failing provider"

    def __str__(self) -> str:
        return self.provider
