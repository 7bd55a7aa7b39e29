"""How matching and delivery stand, for `/metrics`, `check_health` and the pages of staff.

What lasts is counted over the newest rows only, so that no look reads a table of years.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min, QuerySet, Sum
from django.db.models.functions import Now

from accounts.models import Breaker
from alerts.models import Delivery, UserAlert
from slots.models import SlotOpening

NEWEST = 100_000


@dataclass(frozen=True)
class Backlog:
    """Rows that wait for something to happen to them, and for how long the oldest has (seconds)."""

    count: int
    oldest_seconds: float


@dataclass(frozen=True)
class Watch:
    """One look.

    `alerts` counts by state and `deliveries` by (channel, state), both over the newest NEWEST
    rows; states that end by themselves are complete in `deliveries`. `overdue` holds, by channel,
    the deliveries that could have been taken up by now. `in_doubt` is how often, in all, nobody
    knew whether a message had been accepted. `left_alone` are the providers with an open breaker.
    """

    unmatched: Backlog
    ungathered: Backlog
    overdue: dict[str, Backlog]
    alerts: dict[str, int]
    deliveries: dict[tuple[str, str], int]
    in_doubt: int
    left_alone: list[Breaker]


def look() -> Watch:
    """How all stands now, by the database's clock."""
    return Watch(
        unmatched=unmatched(),
        ungathered=ungathered(),
        overdue=overdue(),
        alerts=alerts_by_state(),
        deliveries=deliveries_by_state(),
        in_doubt=doubts(),
        left_alone=list(Breaker.objects.open_now()),
    )


def unmatched() -> Backlog:
    """Openings that are still to be matched."""
    return _backlog(SlotOpening.objects.unmatched(), "recorded_at")


def ungathered() -> Backlog:
    """Alerts that no notification has taken up; the coalescing window and quiet hours included."""
    return _backlog(UserAlert.objects.ungathered(), "created_at")


def overdue() -> dict[str, Backlog]:
    """By channel: deliveries that could have been taken up by now."""
    due = Delivery.objects.overdue(seconds=0)
    return {
        channel: _backlog(due.filter(channel=channel), "next_attempt_at")
        for channel in Delivery.Channel.values
    }


def alerts_by_state() -> dict[str, int]:
    """The newest alerts that matching made, by state; 0 where there is none."""
    made = UserAlert.objects.newest(NEWEST).exclude(state=None)
    counted = _counted(made, "state")
    return {state: counted.get((state,), 0) for state in UserAlert.State.values}


def deliveries_by_state() -> dict[tuple[str, str], int]:
    """By channel and state: all that are under way, and the newest of those that have ended."""
    ended = Delivery.objects.newest(NEWEST).exclude(state__in=Delivery.LIVE)
    counted = _counted(ended, "channel", "state")
    counted |= _counted(Delivery.objects.live(), "channel", "state")
    pairs = [(a, b) for a in Delivery.Channel.values for b in Delivery.State.values]
    return {pair: counted.get(pair, 0) for pair in pairs}


def doubts() -> int:
    """How often nobody knew whether a message had been accepted."""
    return Delivery.objects.in_doubt().aggregate(sum=Sum("in_doubt"))["sum"] or 0


def _counted(rows: QuerySet[Any], *columns: str) -> dict[tuple[str, ...], int]:
    counts = rows.order_by().values_list(*columns).annotate(count=Count("pk"))
    return {tuple(labels): count for *labels, count in counts}


def _backlog(waiting: QuerySet[Any], since: str) -> Backlog:
    found = waiting.order_by().aggregate(count=Count("pk"), age=Now() - Min(since))
    age = found["age"]
    return Backlog(found["count"], max(age.total_seconds(), 0.0) if age else 0.0)
