"""How long one waits for a practical test at each centre, worked out from its openings.

Only of times in which someone watched: a week without a complete batch says nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from django.db import transaction

from centers.models import Center
from slots.center_pages.history import MOST_OPENINGS, WEEK
from slots.models import CenterWait, CoveredWeek, Slot, SlotOpening
from slots.querysets import LONDON, monday_of

WAIT_WEEKS = 4
NOON = time(12)

Span = tuple[datetime, datetime]  # from, and until without it; both aware


@dataclass(frozen=True)
class SeenOpening:
    """An opening; `opened_at` is when it was first seen where nobody `saw_it_open`."""

    opened_at: datetime
    closed_at: datetime | None
    reason: str | None
    date: date
    saw_it_open: bool

    def is_open_at(self, moment: datetime) -> bool:
        """Whether it could be taken at a moment (aware)."""
        return self.opened_at <= moment and (self.closed_at is None or moment < self.closed_at)


@transaction.atomic
def measure_waits(now: datetime) -> int:
    """Write each open centre's figures of the WAIT_WEEKS before `now` (aware) in place of those
    before. Returns the number of centres; three queries for each."""
    since = now - WEEK * WAIT_WEEKS
    waits = [wait for center in Center.objects.open() if (wait := _measure(center, since, now))]
    figures = [field.name for field in CenterWait._meta.concrete_fields if not field.primary_key]
    CenterWait.objects.bulk_create(
        waits, update_conflicts=True, unique_fields=["center"], update_fields=figures
    )
    CenterWait.objects.exclude(measured_at=now).delete()
    return len(waits)


def _measure(center: Center, since: datetime, now: datetime) -> CenterWait | None:
    spans = _watched_spans(center, since, now)
    return wait_of(center, _openings(center, since), spans, now=now) if spans else None


def _watched_spans(center: Center, since: datetime, now: datetime) -> list[Span]:
    """When someone watched, in order, a span a week."""
    practical = (Slot.TestType.PRACTICAL,)
    weeks = CoveredWeek.objects.at(Center.objects.filter(pk=center.pk), practical)
    rows = weeks.filter(monday__gte=monday_of(since)).order_by("monday")
    spans = [(max(week.since, since), min(_midnight(week.monday + WEEK), now)) for week in rows]
    return [(start, end) for start, end in spans if start < end]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), LONDON)


def _openings(center: Center, since: datetime) -> list[SeenOpening]:
    here = SlotOpening.objects.filter(slot__center=center, slot__test_type=Slot.TestType.PRACTICAL)
    rows = here.open_since(since).values_list(
        "opened_at", "closed_at", "close_reason", "slot__date", "quiet"
    )
    return [
        SeenOpening(opened_at, closed_at, reason, day, quiet not in SlotOpening.UNSEEN)
        for opened_at, closed_at, reason, day, quiet in rows[:MOST_OPENINGS]
    ]


def wait_of(
    center: Center, openings: Sequence[SeenOpening], spans: Sequence[Span], *, now: datetime
) -> CenterWait:
    """The figures of some openings and the spans (one at least) in which someone watched."""
    seen = [each for each in openings if each.saw_it_open and _is_within(each.opened_at, spans)]
    lasted = list(_seconds_until_taken(seen))
    return CenterWait(
        center=center,
        measured_at=now,
        since=spans[0][0],
        watched_days=sum((end - start).total_seconds() for start, end in spans) / 86_400,
        openings=len(seen),
        taken=len(lasted),
        median_seconds_open=median(lasted) if lasted else None,
        soonest_by_day={
            noon.date().isoformat(): _days_to_soonest(openings, noon) for noon in _noons(spans)
        },
    )


def _is_within(moment: datetime, spans: Iterable[Span]) -> bool:
    return any(start <= moment < end for start, end in spans)


def _seconds_until_taken(openings: Iterable[SeenOpening]) -> Iterable[float]:
    for each in openings:
        if each.closed_at and each.reason == SlotOpening.CloseReason.GONE:
            yield (each.closed_at - each.opened_at).total_seconds()


def _noons(spans: Sequence[Span]) -> list[datetime]:
    """The noons (Europe/London) that lie within the spans."""
    first, last = (moment.astimezone(LONDON).date() for moment in (spans[0][0], spans[-1][1]))
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    noons = (datetime.combine(day, NOON, LONDON) for day in days)
    return [noon for noon in noons if _is_within(noon, spans)]


def _days_to_soonest(openings: Iterable[SeenOpening], noon: datetime) -> int | None:
    dates = (each.date for each in openings if each.is_open_at(noon))
    soonest = min(dates, default=None)
    return None if soonest is None else (soonest - noon.date()).days
