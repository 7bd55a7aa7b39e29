"""One page of the slots that a search finds, read at a cost that depends on the page alone.

For each centre and test type only as many slots as the page can hold are read from the partial
index `slots_open`, already in order, and the best of them are kept. A plain join would fetch
and sort every open slot in the radius, which near London is an eighth of the country's.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from accounts.prepared import fetch_prepared
from centers.querysets import METRES_PER_MILE
from slots.models import Slot, SlotOpening
from slots.querysets import latest_clock
from slots.searching.search import Cursor, Order, SlotSearch

PAGE_SIZE = 25
EVERY_DAY = range(1, 8)

_SOONEST = "slot.date, slot.time, around.miles, slot.slot_id"
_NEAREST = "around.miles, slot.date, slot.time, slot.slot_id"
_ORDERS = {Order.SOONEST: _SOONEST, Order.NEAREST: _NEAREST}
_AFTER = {
    Order.SOONEST: f"""
        AND (slot.date, slot.time) >= (%(after_date)s, %(after_time)s)
        AND ({_SOONEST}) > (%(after_date)s, %(after_time)s, %(after_miles)s, %(after_id)s)""",
    Order.NEAREST: f"""
        AND ({_NEAREST}) > (%(after_miles)s, %(after_date)s, %(after_time)s, %(after_id)s)""",
}
_AROUND = """
    SELECT center_id, ST_Distance(location, %(origin)s::geography) / %(mile)s AS miles
    FROM dvsa_test_centers
    WHERE is_active AND ST_DWithin(location, %(origin)s::geography, %(metres)s)"""
_CHOSEN = """
    SELECT center_id,
        coalesce(ST_Distance(location, %(origin)s::geography) / %(mile)s, 0) AS miles
    FROM dvsa_test_centers
    WHERE is_active AND center_id = ANY(%(centers)s::int[])"""
_PAGE = """
    WITH around AS MATERIALIZED ({around}),
    best AS MATERIALIZED (
        SELECT slot.slot_id, around.miles
        FROM around
        CROSS JOIN unnest(%(test_types)s::text[]) AS wanted (test_type)
        CROSS JOIN LATERAL (
            SELECT slot.slot_id, slot.date, slot.time
            FROM drivingtestslots AS slot
            WHERE slot.available
                AND slot.center_id = around.center_id AND slot.test_type = wanted.test_type
                AND (slot.date, slot.time) > (%(today)s::date, %(now)s::time)
                AND slot.date BETWEEN %(date_from)s AND %(date_to)s
                AND slot.time BETWEEN %(time_from)s AND %(time_until)s
                AND EXTRACT(isodow FROM slot.date)::int = ANY(%(weekdays)s::int[])
                {after}
            ORDER BY slot.date, slot.time
            LIMIT %(size)s
        ) AS slot
        ORDER BY {order}
        LIMIT %(size)s
    )
    SELECT slot.slot_id, slot.test_type, slot.date, slot.time, around.miles,
        center.center_id, center.code, center.name, center.postcode,
        source.name, source.is_simulated,
        source.heard_at IS NULL OR source.heard_at
            < %(instant)s::timestamptz - source.stale_after_minutes * interval '1 minute',
        CASE WHEN opening.quiet = ANY(%(unseen)s::text[]) THEN NULL ELSE opening.opened_at END,
        opening.opened_at, slot.last_seen_at,
        coalesce(opening.reported_gone_at
            > coalesce(slot.last_seen_at, '-infinity'::timestamptz), false)
    FROM best AS around
    JOIN drivingtestslots AS slot USING (slot_id)
    JOIN dvsa_test_centers AS center USING (center_id)
    LEFT JOIN slots_source AS source ON source.id = slot.source_id
    LEFT JOIN slots_slotopening AS opening
        ON opening.slot_id = slot.slot_id AND opening.closed_at IS NULL
    ORDER BY {order}"""


class FoundSlot(NamedTuple):
    """An open slot as a list shows it; `miles` are 0 where the search has no origin.

    `source` is None for a slot that nobody reported, which then counts as neither stale nor
    simulated in what a page says of it. `opened_at` is None where nobody saw it open.
    """

    id: int
    test_type: str
    date: date
    time: time
    miles: float
    center_id: int
    center_code: str | None
    center_name: str
    center_postcode: str
    source: str | None
    is_simulated: bool | None
    is_stale: bool
    opened_at: datetime | None
    first_seen_at: datetime | None
    last_seen_at: datetime | None
    is_reported_gone: bool

    @property
    def test_name(self) -> str:
        """The kind of test in a learner's word."""
        return Slot.TestType(self.test_type).label


@dataclass(frozen=True)
class Page:
    """The slots of one page, in order, and where the next one starts (None after the last)."""

    slots: list[FoundSlot]
    next: Cursor | None


def read_page(search: SlotSearch, *, now: datetime, size: int = PAGE_SIZE) -> Page:
    """Read one page of slots open at `now` (aware), in the search's order, in one statement."""
    found = _read(search, now, size + 1)
    more = len(found) > size
    return Page(found[:size], _cursor(search.order, found[size - 1]) if more else None)


def _cursor(order: Order, last: FoundSlot) -> Cursor:
    return Cursor(order, last.miles, last.date, last.time, last.id)


def _read(search: SlotSearch, now: datetime, size: int) -> list[FoundSlot]:
    statement = _PAGE.format(
        around=_CHOSEN if search.centers else _AROUND,
        after=_AFTER[search.order] if search.cursor else "",
        order=_ORDERS[search.order],
    )
    return [FoundSlot(*row) for row in fetch_prepared(statement, _parameters(search, now, size))]


def _parameters(search: SlotSearch, now: datetime, size: int) -> dict[str, Any]:
    clock, after = latest_clock(now), search.cursor
    return {
        "origin": search.origin.ewkt if search.origin else None,
        "mile": METRES_PER_MILE,
        "metres": search.metres,
        "centers": list(search.centers),
        "test_types": list(search.test_types or Slot.TestType.values),
        "instant": now,
        "today": clock.date(),
        "now": clock.time(),
        "date_from": search.date_from or clock.date(),
        "date_to": search.date_to or date.max,
        "time_from": search.time_from or time.min,
        "time_until": search.time_until or time.max,
        "weekdays": list(search.weekdays or EVERY_DAY),
        "after_miles": after and after.miles,
        "after_date": after and after.date,
        "after_time": after and after.time,
        "after_id": after and after.slot_id,
        "unseen": list(SlotOpening.UNSEEN),
        "size": size,
    }
