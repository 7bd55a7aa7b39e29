"""Marks of writes to what a list of slots is made of."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class ListingChange(models.Model):
    """A statement that wrote slots, openings, sources, centres or postcodes; written by triggers.

    Rows become visible together with what they mark, so that equal rows mean equal lists; see
    `remembering.py`. Each write also forgets marks older than a minute.
    """

    id = models.BigAutoField(primary_key=True)
    transaction = models.BigIntegerField(help_text="PostgreSQL's 64-bit number, never used twice")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"change {self.pk}"
