"""Centres with how long one waits there, in the order that a learner asks for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from math import inf

from django.db import models
from django.db.models import OuterRef, Subquery

from centers.models import Center
from centers.querysets import CenterQuerySet
from slots.center_pages.plot import SMALL, Plot, plot
from slots.models import CenterWait, Slot
from slots.querysets import LONDON


class WaitOrder(models.TextChoices):
    """What centres are put in order by, in the words of a column's heading."""

    NAME = "name", "Test centre"
    SOONEST = "soonest", "Soonest now"
    USUAL = "usual", "Usual wait"
    OPENINGS = "openings", "Slots a week"
    LASTING = "lasting", "Taken within"


@dataclass(frozen=True)
class WaitAtCenter:
    """A centre, the soonest practical test open there, and what was `seen` in recent weeks.

    None where no slot is open, and where nobody has watched.
    """

    center: Center
    soonest: date | None
    days_away: int | None
    seen: CenterWait | None

    @property
    def plot(self) -> Plot | None:
        """How far away the soonest slot was, small enough for a row of a table."""
        return plot(self.seen, SMALL) if self.seen else None


def read_waits(
    centers: CenterQuerySet, order: WaitOrder = WaitOrder.NAME, *, now: datetime
) -> list[WaitAtCenter]:
    """The wait at each centre, what isn't known last; centres alike in order of name. One query."""
    soonest = Slot.objects.soonest_of(OuterRef("pk"), Slot.TestType.PRACTICAL, now=now)
    found = centers.select_related("wait").annotate(soonest=Subquery(soonest.values("date")))
    today = now.astimezone(LONDON).date()
    waits = [_wait(center, today) for center in found.order_by("name", "pk")]
    return sorted(waits, key=_KEYS[order]) if order in _KEYS else waits


def by_letter(waits: Iterable[WaitAtCenter]) -> list[tuple[str, list[WaitAtCenter]]]:
    """Waits in order of the centre's name, under its first letter."""
    grouped = groupby(waits, key=lambda wait: wait.center.name[:1].upper())
    return [(letter, list(group)) for letter, group in grouped]


def _wait(center: Center, today: date) -> WaitAtCenter:
    day = center.soonest  # type: ignore[attr-defined]  # annotated by read_waits
    seen = getattr(center, "wait", None)
    return WaitAtCenter(center, day, None if day is None else (day - today).days, seen)


def _soonest(wait: WaitAtCenter) -> float:
    return inf if wait.days_away is None else wait.days_away


def _usual(wait: WaitAtCenter) -> float:
    if wait.seen is None or wait.seen.usual_days is None:
        return inf
    return wait.seen.usual_days


def _openings(wait: WaitAtCenter) -> float:
    """Most first."""
    a_week = wait.seen.openings_a_week if wait.seen else None
    return inf if a_week is None else -a_week


def _lasting(wait: WaitAtCenter) -> float:
    """Longest first."""
    if wait.seen is None or wait.seen.median_seconds_open is None:
        return inf
    return -wait.seen.median_seconds_open


_KEYS: dict[WaitOrder, Callable[[WaitAtCenter], float]] = {
    WaitOrder.SOONEST: _soonest,
    WaitOrder.USUAL: _usual,
    WaitOrder.OPENINGS: _openings,
    WaitOrder.LASTING: _lasting,
}
