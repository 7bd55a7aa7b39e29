"""How long one waits for a test at a centre."""

from datetime import date
from statistics import median_low
from typing import ClassVar

from django.db import models
from django.db.models import Q

from centers.models import Center

DAYS_OF_A_WEEK = 7


class CenterWait(models.Model):
    """What was seen of a centre's practical tests in the weeks before `measured_at`.

    Worked out again and again from the openings by `slots.center_pages.measuring_waits`; nothing
    else is lost with it. A centre that nobody watched in that time has none. `since` is when
    someone first did, and `watched_days` how long in all. `openings` were seen to open; `taken` of
    them were, half within `median_seconds_open`. `soonest_by_day` holds the days in which someone
    watched at noon (ISO dates, Europe/London): how many days away the soonest open slot was,
    null where none was open.
    """

    center = models.OneToOneField(
        Center, on_delete=models.CASCADE, primary_key=True, related_name="wait"
    )
    measured_at = models.DateTimeField()
    since = models.DateTimeField()
    watched_days = models.FloatField()
    openings = models.IntegerField()
    taken = models.IntegerField()
    median_seconds_open = models.FloatField(null=True)
    soonest_by_day = models.JSONField()

    class Meta:
        ordering: ClassVar = ["center"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="center_wait_counts",
                condition=Q(watched_days__gte=0, taken__gte=0, openings__gte=models.F("taken")),
            ),
            models.CheckConstraint(
                name="center_wait_since", condition=Q(since__lte=models.F("measured_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"wait at {self.center_id}"

    @property
    def days(self) -> list[tuple[date, int | None]]:
        """`soonest_by_day` in order."""
        return [(date.fromisoformat(day), self.soonest_by_day[day])
                for day in sorted(self.soonest_by_day)]  # fmt: skip

    @property
    def usual_days(self) -> int | None:
        """The median of how far away the soonest slot was; None where half the time none was."""
        far = float("inf")
        waits = [far if days is None else days for _, days in self.days]
        usual = median_low(waits) if waits else far
        return None if usual == far else int(usual)

    @property
    def days_without(self) -> int:
        """On how many of the days no slot was open."""
        return list(self.soonest_by_day.values()).count(None)

    @property
    def seconds_watched(self) -> float:
        """`watched_days` in seconds, to the full hour."""
        return round(self.watched_days * 24) * 3600

    @property
    def openings_a_week(self) -> float | None:
        """None while less than a week was watched, too little to speak of a week."""
        if self.watched_days < DAYS_OF_A_WEEK:
            return None
        return self.openings / self.watched_days * DAYS_OF_A_WEEK
