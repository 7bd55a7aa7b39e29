"""What the system has itself seen of a centre's openings, in the figures that its page pictures.

Counted are openings that were seen to open, in weeks in which someone watched: what a source
listed when it first covered the centre had opened at a time that nobody saw.
"""

from bisect import bisect
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import quantiles

from django.db.models import QuerySet

from centers.models import Center
from slots.models import CoveredWeek, SlotOpening
from slots.querysets import LONDON, monday_of

WEEKS = 12
WEEK = timedelta(weeks=1)
# First day of each class of notice: under a week, 1 to 2 weeks, 2 to 4, 4 to 8, and 8 or more.
NOTICE_FROM = (0, 7, 14, 28, 56)
# Enough for any true picture; a source gone wild doesn't get to fill the memory.
MOST_OPENINGS = 20_000

# opened_at, closed_at, close_reason, the slot's date, and its test type
Opening = tuple[datetime, datetime | None, str | None, date, str]
# Since when someone watched in a week, by test type and Monday.
Watched = Mapping[tuple[str, date], datetime]


@dataclass(frozen=True)
class Quartiles:
    """A quarter lie at or below `lower`, half at or below `median`, of `count` values."""

    lower: float
    median: float
    upper: float
    count: int


@dataclass(frozen=True)
class History:
    """Openings from `since` (Europe/London) until now; None where nobody has watched.

    `weeks`: how many opened in each week, by its Monday; None where nobody watched. `hours`: how
    many opened on each ISO weekday and hour. `seconds_open`: of those that someone took, how long
    they stayed open. `notice`: how many had at least so many days left (keys as NOTICE_FROM).
    """

    since: date | None
    total: int
    weeks: dict[date, int | None]
    hours: dict[tuple[int, int], int]
    seconds_open: Quartiles | None
    notice: dict[int, int]
    days_of_notice: Quartiles | None

    @classmethod
    def of(cls, openings: Iterable[Opening], watched: Watched, monday: date) -> "History":
        """Count what opened while someone watched, until the week of a Monday; see `Opening`."""
        openings = [each for each in openings if _was_watched(each, watched)]
        local = [opened_at.astimezone(LONDON) for opened_at, *_ in openings]
        days = [(row[3] - opened.date()).days for row, opened in zip(openings, local, strict=True)]
        return cls(
            since=min(watched.values()).astimezone(LONDON).date() if watched else None,
            total=len(openings),
            weeks=_weeks(local, {week for _, week in watched}, monday),
            hours=dict(Counter((opened.isoweekday(), opened.hour) for opened in local)),
            seconds_open=_quartiles(_seconds_open(openings)),
            notice=dict(zip(NOTICE_FROM, _classes(days), strict=True)),
            days_of_notice=_quartiles(days),
        )

    @property
    def unwatched(self) -> int:
        """In how many weeks nobody watched, of those since someone first did."""
        return list(self.weeks.values()).count(None)


def _was_watched(opening: Opening, watched: Watched) -> bool:
    opened_at, *_, test_type = opening
    since = watched.get((test_type, monday_of(opened_at)))
    return since is not None and since <= opened_at


def _weeks(
    local: Sequence[datetime], watched: Collection[date], monday: date
) -> dict[date, int | None]:
    """From the first week that was watched."""
    counts = Counter(monday_of(opened) for opened in local)
    first = min(watched, default=monday + WEEK)
    weeks = [first + WEEK * number for number in range((monday - first) // WEEK + 1)]
    return {week: counts[week] if week in watched else None for week in weeks}


def _seconds_open(openings: Sequence[Opening]) -> list[float]:
    """Only of those that were taken: what passed or is still open says no more than "so long"."""
    return [
        (closed_at - opened_at).total_seconds()
        for opened_at, closed_at, reason, *_ in openings
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
    """Read the last WEEKS weeks, the present one included, in two queries."""
    monday = monday_of(now)
    first = monday - WEEK * (WEEKS - 1)
    covered = CoveredWeek.objects.filter(center=center, monday__gte=first)
    rows = covered.values_list("test_type", "monday", "since")
    watched = {(kind, week): since for kind, week, since in rows}
    return History.of(_openings(center, first), watched, monday)


def _openings(center: Center, monday: date) -> QuerySet[SlotOpening, Opening]:
    midnight = datetime.combine(monday, time(), LONDON)
    here = SlotOpening.objects.filter(
        slot__center=center, slot__date__gte=monday, opened_at__gte=midnight
    )
    return here.seen_to_open().values_list(
        "opened_at", "closed_at", "close_reason", "slot__date", "slot__test_type"
    )[:MOST_OPENINGS]
