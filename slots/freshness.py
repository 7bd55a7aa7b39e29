"""Which sources are still heard from: what the banners of every page say."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.prepared import fetch_prepared
from slots.models import Source

# Asked for every page, so that Django's way of putting it together would cost more than asking.
_ACTIVE = """
    SELECT statement_timestamp(), heard_at, stale_after_minutes, is_simulated
    FROM slots_source WHERE is_active AND name <> %(staff)s"""


class _Heard(NamedTuple):
    """What a source is judged by."""

    heard_at: datetime | None
    stale_after_minutes: int
    is_simulated: bool


@dataclass(frozen=True)
class Freshness:
    """`heard_at` is when any source was last heard from (aware), None when never."""

    simulated: bool
    all_stale: bool
    heard_at: datetime | None


def is_stale(source: Source | _Heard, now: datetime) -> bool:
    """Whether a source has been silent for longer than its own limit at `now` (aware)."""
    if source.heard_at is None:
        return True
    return now - source.heard_at > timedelta(minutes=source.stale_after_minutes)


def has_fallen_silent(source: Source, now: datetime) -> bool:
    """Whether staff should ask why: a new source has its limit's time, from when it was added."""
    since = source.heard_at or source.created_at
    return now - since > timedelta(minutes=source.stale_after_minutes)


def read_freshness() -> Freshness:
    """Ask once for the active sources; staff are no source that could fall silent."""
    rows = fetch_prepared(_ACTIVE, {"staff": Source.STAFF})
    active = [(_Heard(*columns), now) for now, *columns in rows]
    return Freshness(
        simulated=any(each.is_simulated and each.heard_at for each, _ in active),
        all_stale=all(is_stale(each, now) for each, now in active),
        heard_at=max((each.heard_at for each, _ in active if each.heard_at), default=None),
    )


def sources(request: HttpRequest) -> dict[str, object]:
    """Context processor: `sources`, read only by a page that shows the banners."""
    return {"sources": SimpleLazyObject(read_freshness)}
