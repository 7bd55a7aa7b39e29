"""What staff are to be told by mail."""

from datetime import timedelta
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

# Design: one mail per subject and hour.
MAILED_EVERY = timedelta(hours=1)


class StaffAlarmQuerySet(models.QuerySet["StaffAlarm"]):
    """Alarms, in the words of the domain; every time is the database's."""

    def due(self) -> "StaffAlarmQuerySet":
        """Raised since they were last mailed, which is an hour ago."""
        unmailed = Q(mailed_at=None)
        again = Q(raised_at__gt=F("mailed_at"), mailed_at__lte=Now() - MAILED_EVERY)
        return self.filter(unmailed | again)


class StaffAlarm(models.Model):
    """Something that staff ought to look at: one row for each subject, however often raised.

    `sentence`, `path` (of the page where one looks) and `raised_at` are of the last time;
    `mailed_at` is when it was last put into the outbox.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=200, unique=True)
    sentence = models.TextField()
    path = models.CharField(max_length=200, null=True, blank=True)
    raised_at = models.DateTimeField(db_default=Now())
    # Of the code before the outbox, to which a release can be rolled back; nothing else uses it.
    claimed_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = StaffAlarmQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-raised_at"]

    def __str__(self) -> str:
        return self.subject
