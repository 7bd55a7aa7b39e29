"""What the system has itself seen of a centre's openings, in the figures that its page pictures.

Counted are openings that were announced: what a source listed when it first covered the centre
had opened at a time that nobody saw.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import quantiles

from django.db.models import QuerySet

from centers.models import Center
from slots.models import SlotOpening
from slots.querysets import LONDON

WEEKS = 12
# First day of each class of notice: under a week, 1 to 2 weeks, 2 to 4, 4 to 8, and 8 or more.
NOTICE_FROM = (0, 7, 14, 28, 56)
# Enough for any true picture; a source gone wild doesn't get to fill the memory.
MOST_OPENINGS = 20_000

# opened_at, closed_at, close_reason, and the slot's date
Opening = tuple[datetime, datetime | None, str | None, date]


@dataclass(frozen=True)
class Quartiles:
    """A quarter lie at or below `lower`, half at or below `median`, of `count` values."""

    lower: float
    median: float
    upper: float
    count: int


@dataclass(frozen=True)
class History:
    """Openings from `since` (a Monday, Europe/London) until now.

    `weeks`: how many opened in each week, by its Monday. `hours`: how many opened on each ISO
    weekday and hour. `seconds_open`: of those that somebody took, how long they stayed open.
    `notice`: how many had at least so many days left (keys as NOTICE_FROM).
    """

    since: date
    total: int
    weeks: dict[date, int]
    hours: dict[tuple[int, int], int]
    seconds_open: Quartiles | None
    notice: dict[int, int]
    days_of_notice: Quartiles | None

    @classmethod
    def of(cls, openings: Sequence[Opening], monday: date) -> "History":
        """Count openings since a Monday; see `Opening` for the shape of one."""
        local = [opened_at.astimezone(LONDON) for opened_at, *_ in openings]
        days = [(row[3] - opened.date()).days for row, opened in zip(openings, local, strict=True)]
        return cls(
            since=monday,
            total=len(openings),
            weeks=_weeks(local, monday),
            hours=dict(Counter((opened.isoweekday(), opened.hour) for opened in local)),
            seconds_open=_quartiles(_seconds_open(openings)),
            notice=dict(zip(NOTICE_FROM, _classes(days), strict=True)),
            days_of_notice=_quartiles(days),
        )


def _weeks(local: Sequence[datetime], monday: date) -> dict[date, int]:
    counts = Counter((opened.date() - monday).days // 7 for opened in local)
    return {monday + timedelta(weeks=week): counts[week] for week in range(WEEKS)}


def _seconds_open(openings: Sequence[Opening]) -> list[float]:
    """Only of those that were taken: what passed or is still open says no more than "so long"."""
    return [
        (closed_at - opened_at).total_seconds()
        for opened_at, closed_at, reason, _ in openings
        if closed_at and reason == SlotOpening.CloseReason.GONE
    ]


def _classes(days: Sequence[int]) -> list[int]:
    """How many values lie in each class of NOTICE_FROM, by its first day."""
    counts = Counter(bisect(NOTICE_FROM, day) - 1 for day in days)
    return [counts[index] for index in range(len(NOTICE_FROM))]


def _quartiles(values: Sequence[float]) -> Quartiles | None:
    """Inclusive quartiles (linear between neighbours); None for fewer than two values."""
    if len(values) < 2:  # noqa: PLR2004
        return None
    lower, median, upper = quantiles(values, n=4, method="inclusive")
    return Quartiles(lower, median, upper, len(values))


def read_history(center: Center, *, now: datetime) -> History:
    """Read the last WEEKS weeks, the present one included, in one query."""
    today = now.astimezone(LONDON).date()
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS - 1)
    return History.of(list(_openings(center, monday)), monday)


def _openings(center: Center, monday: date) -> QuerySet[SlotOpening, Opening]:
    midnight = datetime.combine(monday, time(), LONDON)
    return SlotOpening.objects.filter(
        slot__center=center, slot__date__gte=monday, opened_at__gte=midnight, quiet__isnull=True
    ).values_list("opened_at", "closed_at", "close_reason", "slot__date")[:MOST_OPENINGS]
