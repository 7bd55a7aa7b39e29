"""Signs of life, and the cache.

Django also sends `post_migrate` only for apps that have this module.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class Heartbeat(models.Model):
    """When a worker of a queue last did what beat had asked it to, by the database's clock."""

    queue = models.CharField(max_length=50, primary_key=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["queue"]

    def __str__(self) -> str:
        return f"{self.queue} at {self.at:%Y-%m-%d %H:%M:%S}"


class CacheEntry(models.Model):
    """A value of Django's cache as JSON text; `expires_at` is null for one that stays."""

    key = models.CharField(max_length=255, primary_key=True, db_collation="C")
    value = models.TextField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["key"]
        indexes: ClassVar = [models.Index(fields=["expires_at"], name="cache_entries_end")]

    def __str__(self) -> str:
        return self.key
