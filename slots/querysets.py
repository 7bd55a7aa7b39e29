"""Reading slots and openings."""

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.contrib.gis.geos import Point
from django.db import models
from django.db.models import Q

from centers.models import Center

if TYPE_CHECKING:
    from slots.models import Slot, SlotOpening  # noqa: F401

LONDON = ZoneInfo("Europe/London")


class SlotQuerySet(models.QuerySet["Slot"]):
    """Slots, in the words of the domain."""

    def open_at(self, now: datetime) -> "SlotQuerySet":
        """Slots free to book whose start (Europe/London) lies after `now` (aware)."""
        local = now.astimezone(LONDON)
        upcoming = Q(date__gt=local.date()) | Q(date=local.date(), time__gt=local.time())
        return self.filter(upcoming, available=True)

    def within_miles(self, origin: Point, miles: float) -> "SlotQuerySet":
        """Slots at open centres at most so many statute miles from a point."""
        return self.filter(center__in=Center.objects.open().within_miles(origin, miles))


class OpeningQuerySet(models.QuerySet["SlotOpening"]):
    """Openings, in the words of the domain."""

    def unmatched(self) -> "OpeningQuerySet":
        """Openings that are still to be matched to searches."""
        return self.filter(matched_at__isnull=True, quiet__isnull=True)
