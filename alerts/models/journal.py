"""What a sender knows of the messages it is handing over, so that its death leaves one in doubt."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from alerts.querysets import SenderJournalQuerySet


class SenderJournal(models.Model):
    """One lot of deliveries that are `sending` under one lease token; gone when all is settled.

    Each message of the lot changes this one small row, and the deliveries are written together at
    the end. Until then `accepted` says which of them were, and `on_wire` which one is reaching
    the network, held until `lease_until`. All others of the lot have not reached it; none begins
    to after `look_until`, when whoever finds the journal settles it. All times are the database's.
    """

    token = models.UUIDField(primary_key=True, help_text="the lease token of the lot")
    accepted = ArrayField(models.BigIntegerField(), db_default=[])
    on_wire = models.BigIntegerField(null=True, blank=True)
    look_until = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)

    objects = SenderJournalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["look_until"]

    def __str__(self) -> str:
        return f"journal of lot {self.token}"
