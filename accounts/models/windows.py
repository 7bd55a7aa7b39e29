"""How often something was asked for or tried lately."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class WindowQuerySet(models.QuerySet["Window"]):
    """Windows, by whether they still count."""

    def passed(self) -> "WindowQuerySet":
        """Those that count no more, by the database's clock."""
        return self.filter(ends_at__lt=Now())


class Window(models.Model):
    """What was counted under `key` until `ends_at`; one statement writes it (`limits.windows`).

    In PostgreSQL, so that all processes count together, and where nothing but time removes it.
    """

    key = models.CharField(max_length=100, primary_key=True, db_collation="C")
    ends_at = models.DateTimeField()
    count = models.IntegerField()

    objects = WindowQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return f"{self.key}: {self.count} until {self.ends_at}"


class RequestWindow(Window):
    """Requests; the table is UNLOGGED, so a crash of the database starts them at nothing."""

    class Meta(Window.Meta):
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="request_windows_end")]


class TryWindow(Window):
    """Tries at what somebody has to know, and what the audit log says once in a while."""

    class Meta(Window.Meta):
        indexes: ClassVar = [models.Index(fields=["ends_at"], name="try_windows_end")]
