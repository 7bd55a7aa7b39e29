"""Which sources are still heard from: what the banners of every page say."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from slots.models import Source
from slots.prepared import fetch_prepared

# Asked for every page, so that Django's way of putting it together would cost more than asking.
_FRESHNESS = """
    SELECT bool_or(is_simulated AND heard_at IS NOT NULL),
        bool_or(heard_at >= %(now)s - stale_after_minutes * interval '1 minute'),
        max(heard_at)
    FROM slots_source WHERE is_active AND name <> %(staff)s"""


@dataclass(frozen=True)
class Freshness:
    """`heard_at` is when any source was last heard from (aware), None when never."""

    simulated: bool
    all_stale: bool
    heard_at: datetime | None


def is_stale(source: Source, now: datetime) -> bool:
    """Whether a source has been silent for longer than its own limit at `now` (aware)."""
    if source.heard_at is None:
        return True
    return now - source.heard_at > timedelta(minutes=source.stale_after_minutes)


def read_freshness(now: datetime) -> Freshness:
    """Ask once for the active sources; staff are no source that could fall silent."""
    ((simulated, heard_lately, heard_at),) = fetch_prepared(
        _FRESHNESS, {"now": now, "staff": Source.STAFF}
    )
    return Freshness(bool(simulated), not heard_lately, heard_at)


def sources(request: HttpRequest) -> dict[str, object]:
    """Context processor: `sources`, read only by a page that shows the banners."""
    return {"sources": SimpleLazyObject(lambda: read_freshness(timezone.now()))}
