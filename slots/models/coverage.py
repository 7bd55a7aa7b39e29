"""When someone watched: what "no slot opened" may be said of."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from centers.models import Center
from slots.querysets import CoveredWeekQuerySet


class CoveredWeek(models.Model):
    """A week in which complete batches said what is open at a centre, for one test type.

    `monday` is its first day (Europe/London), and `since` when the first such batch of the week
    was observed. Unlike a source's baseline it is kept when a database is restored.
    """

    pk = models.CompositePrimaryKey("center", "test_type", "monday")
    center = models.ForeignKey(Center, on_delete=models.CASCADE, related_name="+", db_index=False)
    test_type = models.CharField(max_length=50)
    monday = models.DateField()
    since = models.DateTimeField()

    objects = CoveredWeekQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["center", "test_type", "monday"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="covered_week_test_type", condition=Q(test_type__in=["practical", "theory"])
            ),
            models.CheckConstraint(name="covered_week_monday", condition=Q(monday__iso_week_day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.test_type} at {self.center_id}, week of {self.monday}"
