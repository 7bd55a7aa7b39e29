"""What a sender knows of the messages it is sending, so that its death leaves one in doubt."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models

from alerts.querysets import SenderJournalQuerySet


class SenderJournal(models.Model):
    """Deliveries that are `sending` under one lease token; gone when all is settled.

    `accepted` are those that were, `on_wire` is the one that is reaching the network, held until
    `lease_until`; the others have not reached it, and none begins to after `look_until`. All times
    are the database's. What it is for is told in `alerts.delivery.record`.
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
