"""Waves: which learners were told of an opening together, and where the draw stopped."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from slots.models import SlotOpening


class Wave(models.Model):
    """One wave of an opening that more learners fit than are told at once.

    Of the `waiting` learners, who hadn't been told before, the first `told` in the draw's order
    were. The last of them had had `last_alerts` alerts in the 7 days before, and the lot
    `last_lot`: anyone who comes after these two waits for the next wave.
    """

    id = models.BigAutoField(primary_key=True)
    # The unique constraint's index begins with it.
    opening = models.ForeignKey(
        SlotOpening, on_delete=models.CASCADE, related_name="waves", db_index=False
    )
    number = models.SmallIntegerField()
    waiting = models.IntegerField()
    told = models.IntegerField()
    told_so_far = models.IntegerField()
    last_alerts = models.IntegerField(null=True)
    last_lot = models.CharField(max_length=64, null=True)
    told_at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering: ClassVar = ["opening", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["opening", "number"], name="wave_once"),
            models.CheckConstraint(
                name="wave_counts", condition=Q(number__gte=1, told__gte=0, told_so_far__gte=0)
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["told_at"], name="waves_told")]

    def __str__(self) -> str:
        return f"wave {self.number} of opening {self.opening_id}"
