"""How often an address has asked lately."""

from typing import ClassVar

from django.db import models


class RateWindow(models.Model):
    """The requests of one kind that one address has made since `started_at`.

    Kept in PostgreSQL, so that all processes count together, and written there by one
    statement (see `rate_limits.py`); forgotten soon after the window ends.
    """

    key = models.CharField(max_length=100, primary_key=True, db_collation="C")
    started_at = models.DateTimeField()
    requests = models.IntegerField()

    class Meta:
        ordering: ClassVar = ["key"]
        indexes: ClassVar = [models.Index(fields=["started_at"], name="rate_windows_started")]

    def __str__(self) -> str:
        return f"{self.key}: {self.requests} since {self.started_at}"
