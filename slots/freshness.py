"""Which sources are still heard from: what the banners of every page say."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from slots.models import Source


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
    active = Source.objects.filter(is_active=True).exclude(name=Source.STAFF).order_by()
    sources = list(active.only("heard_at", "stale_after_minutes", "is_simulated"))
    heard = [source.heard_at for source in sources if source.heard_at]
    return Freshness(
        simulated=any(source.is_simulated and source.heard_at for source in sources),
        all_stale=all(is_stale(source, now) for source in sources),
        heard_at=max(heard, default=None),
    )


def sources(request: HttpRequest) -> dict[str, object]:
    """Context processor: `sources`, read only by a page that shows the banners."""
    return {"sources": SimpleLazyObject(lambda: read_freshness(timezone.now()))}
