"""What a batch changes: a few statements over the temporary table `incoming`.

The caller holds the lock on slots. Past slots are left to housekeeping throughout.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection

from slots.config import REOPEN_QUIET_MINUTES
from slots.freshness import is_stale
from slots.ingestion.arrivals import Arrival
from slots.ingestion.watching import remember_week
from slots.models import FeedBatch, Source

LISTED = """
    EXISTS (
        SELECT FROM incoming
        WHERE incoming.center_id = slot.center_id AND incoming.test_type = slot.test_type
            AND incoming.date = slot.date AND incoming.time = slot.time
    )"""
COVERED = """
    slot.center_id = ANY(%(known)s) AND slot.test_type = ANY(%(test_types)s)
    AND (%(date_from)s::date IS NULL OR slot.date >= %(date_from)s)
    AND (%(date_to)s::date IS NULL OR slot.date <= %(date_to)s)
    AND (slot.date, slot.time) > (%(today)s::date, %(clock)s::time)"""
# Whose slot it is: ours, nobody's, or a stale source's. Staff may close any.
MINE = """
    (slot.source_id IS NULL OR slot.source_id = %(source)s OR slot.source_id = ANY(%(stale)s)
        OR %(is_staff)s)"""

# A batch `said` that counts and is the whole truth of the test type `asked` for, somewhere.
IN_FULL = """
    said.complete AND said.status IN ('applied', 'baseline')
    AND said.covers -> 'test_types' ? asked.test_type"""
# No join: the planner may take the slots of a new source for hardly any, and then compares each
# of 20,000 with each of 20,000 rows.
_READ_CLOSING = f"""
    WITH closable AS MATERIALIZED (
        SELECT slot_id, center_id, test_type, date, time
        FROM drivingtestslots AS slot
        WHERE slot.available AND {COVERED} AND {MINE}
    )
    SELECT (SELECT count(*) FROM closable),
        ARRAY (
            SELECT max(slot_id) FROM (
                SELECT slot_id, center_id, test_type, date, time FROM closable
                UNION ALL
                SELECT NULL, center_id, test_type, date, time FROM incoming
            ) AS told
            GROUP BY center_id, test_type, date, time HAVING count(slot_id) = count(*)
        ),
        (SELECT count(DISTINCT center_id) FROM closable),
        (SELECT count(*) FROM (
            SELECT center_id FROM closable EXCEPT SELECT center_id FROM incoming
        ) AS missing)"""  # noqa: S608 - all ours
_CLOSE = """
    WITH closed AS (
        UPDATE drivingtestslots
        SET available = false, updated_at = statement_timestamp()
        WHERE slot_id = ANY(%(closing)s)
    )
    UPDATE slots_slotopening
    SET closed_at = %(observed_at)s, close_reason = 'gone', mass_closed = %(is_mass)s
    WHERE slot_id = ANY(%(closing)s) AND closed_at IS NULL"""
# What staff closed may open again once a source that listed it no longer does.
_NO_LONGER_WITHHOLD = f"""
    UPDATE drivingtestslots AS slot
    SET withheld_at = NULL
    WHERE slot.withheld_at IS NOT NULL AND NOT slot.available
        AND {COVERED} AND ({MINE} OR slot.source_id = %(staff)s) AND NOT {LISTED}"""  # noqa: S608
_TOUCH = """
    UPDATE drivingtestslots AS slot
    SET last_seen_at = GREATEST(slot.last_seen_at, %(observed_at)s),
        source_id = CASE
            WHEN %(is_staff)s OR (
                %(complete)s AND (slot.source_id IS NULL OR slot.source_id = ANY(%(stale)s))
            ) THEN %(source)s
            ELSE slot.source_id
        END
    FROM incoming
    WHERE slot.available
        AND incoming.center_id = slot.center_id AND incoming.test_type = slot.test_type
        AND incoming.date = slot.date AND incoming.time = slot.time"""
# A source that stopped covering a centre but goes on with others does not watch it any more.
_OPEN = f"""
    WITH fresh AS MATERIALIZED (
        SELECT DISTINCT center_id, test_type, date, time
        FROM incoming
        WHERE NOT EXISTS (
            SELECT FROM drivingtestslots AS slot
            WHERE slot.available
                AND incoming.center_id = slot.center_id AND incoming.test_type = slot.test_type
                AND incoming.date = slot.date AND incoming.time = slot.time
        )
    ), unwatched AS MATERIALIZED (
        SELECT center_id, test_type
        FROM (SELECT DISTINCT center_id, test_type FROM fresh) AS asked
        WHERE %(complete)s AND NOT EXISTS (
            SELECT FROM slots_sourcebaseline AS baseline
            WHERE baseline.source_id = %(source)s
                AND baseline.center_id = asked.center_id AND baseline.test_type = asked.test_type
        ) AND NOT EXISTS (
            SELECT FROM slots_sourcebaseline AS baseline
            JOIN slots_source AS watching ON watching.id = baseline.source_id
            WHERE watching.id = ANY(%(watching)s)
                AND baseline.center_id = asked.center_id AND baseline.test_type = asked.test_type
                AND baseline.covered_since <= %(observed_at)s - interval '1 hour'
                AND EXISTS (
                    SELECT FROM slots_feedbatch AS said
                    WHERE said.source_id = watching.id AND {IN_FULL}
                        AND asked.center_id = ANY(said.known_centers)
                        AND said.observed_at >= watching.newest_observed_at
                            - make_interval(mins => watching.stale_after_minutes)
                )
        )
    ), opened AS (
        INSERT INTO drivingtestslots AS slot
            (center_id, test_type, date, time, available, source_id, last_seen_at)
        SELECT center_id, test_type, date, time, true, %(source)s, %(observed_at)s FROM fresh
        ON CONFLICT (center_id, test_type, date, time) DO UPDATE
        SET available = true, source_id = excluded.source_id, withheld_at = NULL,
            last_seen_at = GREATEST(slot.last_seen_at, excluded.last_seen_at),
            updated_at = statement_timestamp()
        WHERE slot.withheld_at IS NULL OR %(is_staff)s
        RETURNING slot_id, center_id, test_type
    ), latest AS MATERIALIZED (
        SELECT opened.*, last.*, COALESCE(
            last.closed_at IS NULL
            OR %(observed_at)s - last.closed_at <= make_interval(mins => %(quiet_minutes)s)
                AND (last.close_reason = 'gone' OR %(is_staff)s AND last.close_reason = 'staff'),
            false
        ) AND last.id IS NOT NULL AS continues
        FROM opened
        LEFT JOIN LATERAL (
            SELECT id, episode, closed_at, close_reason, mass_closed
            FROM slots_slotopening AS opening
            WHERE opening.slot_id = opened.slot_id
            ORDER BY episode DESC LIMIT 1
        ) AS last ON true
        ORDER BY opened.slot_id  -- so that all are looked up before the first is written below
    ), resumed AS (
        UPDATE slots_slotopening AS opening
        SET closed_at = NULL, close_reason = NULL, mass_closed = false,
            resumed_at = CASE
                WHEN quiet IS NULL AND NOT latest.mass_closed THEN statement_timestamp()
                ELSE resumed_at
            END
        FROM latest
        WHERE opening.id = latest.id AND latest.continues
        RETURNING quiet IS NULL AND NOT latest.mass_closed AS is_due
    ), written AS (
        INSERT INTO slots_slotopening (slot_id, episode, opened_at, source_id, batch_id, quiet)
        SELECT slot_id, COALESCE(episode, 0) + 1, %(observed_at)s, %(source)s, %(batch)s,
            CASE
                WHEN (center_id, test_type) IN (SELECT center_id, test_type FROM unwatched)
                THEN 'baseline'
                WHEN mass_closed AND %(observed_at)s - closed_at <= interval '24 hours'
                THEN 'returned'
            END
        FROM latest
        WHERE NOT continues
        RETURNING quiet
    )
    SELECT
        (SELECT count(*) FROM fresh), (SELECT count(*) FROM opened),
        (SELECT count(*) FROM resumed WHERE is_due)
            + (SELECT count(*) FROM written WHERE quiet IS NULL)"""  # noqa: S608 - all ours
_KEEP_BASELINE = """
    WITH pair AS MATERIALIZED (
        SELECT center_id, test_type
        FROM unnest(%(known)s::int[]) AS known (center_id)
        CROSS JOIN unnest(%(test_types)s::text[]) AS wanted (test_type)
        UNION
        SELECT center_id, test_type FROM incoming
    ), added AS (
        INSERT INTO slots_sourcebaseline
            (source_id, center_id, test_type, batch_id, covered_since)
        SELECT %(source)s, center_id, test_type, %(batch)s, %(observed_at)s FROM pair
        ON CONFLICT DO NOTHING
        RETURNING center_id
    )
    SELECT (SELECT count(*) FROM added), (SELECT count(*) FROM pair)"""


@dataclass(frozen=True)
class Closing:
    """How many open slots a complete batch may close, and the ids of those it would.

    Of the `centers` where it may close any, it lists nothing at all at `missing`.
    """

    closable: int = 0
    slots: list[int] = field(default_factory=list)
    centers: int = 0
    missing: int = 0


@dataclass(frozen=True)
class Applied:
    """What a batch has changed; `announced` counts openings that someone may be told of."""

    opened: int = 0
    closed: int = 0
    unchanged: int = 0
    withheld: int = 0
    announced: int = 0
    is_baseline: bool = False


@dataclass(frozen=True)
class Application:
    """One batch, whose rows lie in `incoming`, about to be applied."""

    source: Source
    batch: FeedBatch
    arrival: Arrival

    def parameters(self) -> dict[str, Any]:
        """What all statements are given."""
        others = list(Source.objects.exclude(pk=self.source.pk).exclude(name=Source.STAFF))
        stale = [each.pk for each in others if is_stale(each, self.arrival.now)]
        return self.arrival.parameters() | {
            "source": self.source.pk,
            "is_staff": self.source.name == Source.STAFF,
            "staff": Source.objects.filter(name=Source.STAFF).values_list("pk", flat=True).first(),
            "stale": stale,
            "watching": [each.pk for each in others if each.is_active and each.pk not in stale],
            "batch": self.batch.pk,
            "quiet_minutes": REOPEN_QUIET_MINUTES.value(),
        }


def read_closing(application: Application) -> Closing:
    """What the batch would close; nothing unless it is complete."""
    if not application.arrival.complete:
        return Closing()
    return Closing(*_one_row(_READ_CLOSING, application.parameters()))


def apply(application: Application, closing: Closing, *, is_mass: bool = False) -> Applied:
    """Close, touch and open; remember what the batch covered. Answers what it did."""
    values = application.parameters() | {"closing": closing.slots, "is_mass": is_mass}
    if closing.slots:
        _count(_CLOSE, values)
    if application.arrival.complete:
        _count(_NO_LONGER_WITHHOLD, values)
    touched = _count(_TOUCH, values)
    fresh, opened, announced = _one_row(_OPEN, values)
    applied = Applied(
        opened=opened,
        closed=len(closing.slots),
        unchanged=touched + fresh - opened,
        withheld=fresh - opened,
        announced=announced,
    )
    return replace(applied, is_baseline=_keep_baseline(application, values))


def _keep_baseline(application: Application, values: dict[str, Any]) -> bool:
    """Remember what a complete batch covered; whether all of it was new."""
    if not application.arrival.complete:
        return False
    remember_week(values)
    added, pairs = _one_row(_KEEP_BASELINE, values)
    return added == pairs > 0


def _count(statement: str, values: dict[str, Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.rowcount


def _one_row(statement: str, values: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchone()
