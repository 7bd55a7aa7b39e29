"""Signs of life; Django also sends `post_migrate` only for apps that have this module."""

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
