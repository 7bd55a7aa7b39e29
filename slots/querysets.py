"""Reading slots and openings."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Min, OuterRef, Q

from centers.models import Center

if TYPE_CHECKING:
    from slots.models import CoveredWeek, Slot, SlotOpening  # noqa: F401
    from slots.searching.search import SlotSearch

LONDON = ZoneInfo("Europe/London")


def latest_clock(now: datetime) -> datetime:
    """The latest day and time (naive) that London's clocks have shown by `now` (aware).

    A slot has started when its own is no later. When the clocks go back they show an hour
    again, of which every slot has started; SQL's `slot_start` says the same.
    """
    local = now.astimezone(LONDON)
    if local.fold:
        local = local.replace(minute=59, second=59, microsecond=999_999)
    return local.replace(tzinfo=None, fold=0)


def monday_of(moment: datetime) -> date:
    """The first day of the week in which a moment (aware) lies, Europe/London."""
    day = moment.astimezone(LONDON).date()
    return day - timedelta(days=day.weekday())


class SlotQuerySet(models.QuerySet["Slot"]):
    """Slots, in the words of the domain."""

    def open_at(self, now: datetime) -> "SlotQuerySet":
        """Slots free to book whose start (Europe/London) lies after `now` (aware)."""
        clock = latest_clock(now)
        upcoming = Q(date__gt=clock.date()) | Q(date=clock.date(), time__gt=clock.time())
        return self.filter(upcoming, available=True)

    def matching(self, search: "SlotSearch", now: datetime) -> "SlotQuerySet":
        """All slots open at `now` that a search finds, in no order; see `paging` for its pages."""
        return self.open_at(now).at_places_of(search).in_windows_of(search)

    def at_places_of(self, search: "SlotSearch") -> "SlotQuerySet":
        """Slots at the centres that a search looks at, whether or not they are open."""
        return self.filter(center__in=search.places)

    def in_windows_of(self, search: "SlotSearch") -> "SlotQuerySet":
        """Slots of a wanted test type whose date, weekday and time lie in the windows."""
        windows = {
            "test_type__in": search.test_types,
            "date__gte": search.date_from,
            "date__lte": search.date_to,
            "date__iso_week_day__in": search.weekdays,
            "time__gte": search.time_from,
            "time__lte": search.time_until,
        }
        return self.filter(**{name: value for name, value in windows.items() if value})

    def soonest_of(self, center: OuterRef, test_type: str, *, now: datetime) -> "SlotQuerySet":
        """The first slot open at `now` of a centre that an outer query names."""
        here = self.open_at(now).filter(center=center, test_type=test_type)
        return here.order_by("date", "time")[:1]


class OpeningQuerySet(models.QuerySet["SlotOpening"]):
    """Openings, in the words of the domain."""

    def unmatched(self) -> "OpeningQuerySet":
        """Openings that are still to be matched to searches; one that has closed may come back."""
        return self.filter(matched_at__isnull=True, quiet__isnull=True, closed_at__isnull=True)

    def seen_to_open(self) -> "OpeningQuerySet":
        """Openings whose beginning was seen: the slot was not open when it was last looked for."""
        return self.exclude(quiet__in=self.model.UNSEEN)

    def open_since(self, moment: datetime) -> "OpeningQuerySet":
        """Openings that were open at some time from a moment (aware) on.

        Their slots were not past by then, which finds them by the index of a centre's slots.
        """
        upcoming = self.filter(slot__date__gte=moment.astimezone(LONDON).date())
        return upcoming.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=moment))


class CoveredWeekQuerySet(models.QuerySet["CoveredWeek"]):
    """Weeks in which someone watched, in the words of the domain."""

    def at(
        self, centers: models.QuerySet[Center], test_types: Collection[str]
    ) -> "CoveredWeekQuerySet":
        """Those of some centres, for tests of these types; of all types where none is named."""
        found = self.filter(center__in=centers)
        return found.filter(test_type__in=test_types) if test_types else found

    def watched_since(self, moment: datetime) -> datetime | None:
        """From when on, but not before `moment` (aware), someone watched; None for never since."""
        weeks = self.filter(monday__gte=monday_of(moment))
        first: datetime | None = weeks.aggregate(first=Min("since"))["first"]
        return first and max(first, moment)
