"""Slots in a table for each month of their dates, beside all of them in one table.

For docs/decisions/0009: what a partition gains and costs where slots are read, written and removed.
"""

from collections.abc import Iterator
from functools import partial

import psycopg
from django.utils import timezone

from slots.searching.paging import read_page
from tests.benchmarks.figures import Figure, longer
from tests.benchmarks.measuring import in_turns, same
from tests.benchmarks.subjects.search import look_in, ours_of, pages, places
from tests.benchmarks.world import World, owner_at_rest

SIZES = (3_000_000, 10_000_000)
LISTED = 20_000
LOT = 2_000  # as `audit.retention` removes them
SCHEMAS = ("whole", "monthly")
# By schema, the name of each month that is still to be removed, and the ids of its slots.
Months = dict[str, Iterator[tuple[str, list[int]]]]

# The primary key has to hold the date, by which rows are told apart; all other indexes do as they
# are, those on the slot's centre, test type, date and time included.
TABLES = """
DROP SCHEMA IF EXISTS whole CASCADE;
DROP SCHEMA IF EXISTS monthly CASCADE;
CREATE SCHEMA whole;
CREATE SCHEMA monthly;
GRANT USAGE ON SCHEMA whole, monthly TO PUBLIC;
CREATE TABLE whole.drivingtestslots (LIKE public.drivingtestslots INCLUDING DEFAULTS);
CREATE TABLE monthly.drivingtestslots (LIKE public.drivingtestslots INCLUDING DEFAULTS)
       PARTITION BY RANGE (date)
"""
# Closed slots of earlier years are added until there are as many as asked for.
ROWS = """
INSERT INTO whole.drivingtestslots SELECT * FROM public.drivingtestslots;
INSERT INTO whole.drivingtestslots (slot_id, center_id, test_type, date, time, available)
SELECT slot_id + year * 100000000, center_id, test_type, date - 365 * year, time, false
  FROM generate_series(1, 9) year, public.drivingtestslots
 WHERE NOT available
 ORDER BY year, slot_id
 LIMIT greatest(0, %(rows)s - (SELECT count(*) FROM public.drivingtestslots))
"""
PARTITIONS = """
SELECT format('CREATE TABLE monthly.%I PARTITION OF monthly.drivingtestslots
                      FOR VALUES FROM (%L) TO (%L)',
              'slots_' || to_char(month, 'YYYY_MM'), month::date,
              (month + interval '1 month')::date)
  FROM (SELECT date_trunc('month', min(date)) AS first, max(date) AS last
          FROM whole.drivingtestslots) kept,
       generate_series(first, last + interval '7 months', interval '1 month') month
"""
COPY_ROWS = "INSERT INTO monthly.drivingtestslots SELECT * FROM whole.drivingtestslots"
INDEXES = """
SELECT replace(replace(replace(pg_get_indexdef(indexrelid),
               ' ON public.', format(' ON %%s.', %(schema)s::text)), 'public.', ''),
               '(slot_id)',
               CASE %(schema)s WHEN 'monthly' THEN '(slot_id, date)' ELSE '(slot_id)' END)
  FROM pg_index WHERE indrelid = 'public.drivingtestslots'::regclass
"""
SIZE = """
SELECT sum(pg_total_relation_size(oid)) FROM pg_class
 WHERE relnamespace = '{schema}'::regnamespace AND relkind = 'r'
"""
FORGET = "DROP SCHEMA whole, monthly CASCADE; DROP SEQUENCE bench.later"

# What a batch lists: most are there, one in a hundred is new.
BATCH = """
CREATE TEMPORARY TABLE listed AS
(SELECT center_id, test_type, date, time FROM whole.drivingtestslots WHERE available
  ORDER BY slot_id LIMIT %(listed)s * 99 / 100)
UNION ALL
(SELECT center_id, test_type, date + 180, time FROM whole.drivingtestslots WHERE available
  ORDER BY date DESC, slot_id DESC LIMIT %(listed)s / 100);
ANALYZE listed
"""
WRITE = """
INSERT INTO {schema}.drivingtestslots AS slot (center_id, test_type, date, time, available)
SELECT center_id, test_type, date, time, true FROM listed
ON CONFLICT (center_id, test_type, date, time)
DO UPDATE SET available = true, last_seen_at = statement_timestamp()
"""
LATER = "ALTER TABLE {schema}.drivingtestslots ALTER slot_id SET DEFAULT nextval('bench.later')"
OLDEST = """
SELECT to_char(date, 'YYYY_MM') AS month, array_agg(slot_id)
  FROM whole.drivingtestslots GROUP BY 1 ORDER BY 1 LIMIT %(months)s
"""
REMOVE = "DELETE FROM whole.drivingtestslots WHERE slot_id = ANY (%(ids)s)"


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Both tables hold the same rows; at scale 1 there are 3 and then 10 million."""
    world.add_slots()
    for size in SIZES:
        with owner_at_rest() as owner:
            try:
                _build(owner, round(size * world.scale))
                yield from _at_this_size(owner, world, rounds)
            finally:
                look_in("public")
                owner.execute(FORGET)


def _build(owner: psycopg.Connection, rows: int) -> None:
    owner.execute(TABLES)
    owner.execute("CREATE SEQUENCE IF NOT EXISTS bench.later START 2000000000")
    owner.execute(ROWS, {"rows": rows})
    for (statement,) in owner.execute(PARTITIONS).fetchall():
        owner.execute(statement)
    owner.execute(COPY_ROWS)
    for schema in SCHEMAS:
        for (statement,) in owner.execute(INDEXES, {"schema": schema}).fetchall():
            owner.execute(statement)
        owner.execute(LATER.format(schema=schema))
        owner.execute(f"GRANT SELECT ON {schema}.drivingtestslots TO PUBLIC")
        owner.execute(f"VACUUM (ANALYZE) {schema}.drivingtestslots")
    owner.execute(BATCH, {"listed": LISTED})


def _at_this_size(owner: psycopg.Connection, world: World, rounds: int) -> Iterator[Figure]:
    (rows,) = _first(owner, "SELECT count(*) FROM whole.drivingtestslots")
    sizes = {schema: int(_first(owner, SIZE.format(schema=schema))[0]) for schema in SCHEMAS}
    searches, now = places(world), timezone.now()

    def read(schema: str) -> None:
        look_in(f"{schema}, public")
        for search in searches:
            read_page(search, now=now)

    def found(schema: str) -> list[tuple[int, float]]:
        look_in(f"{schema}, public")
        return pages(ours_of, searches, now)

    same(found("monthly"), found("whole"), "slots on first pages")
    for what, side in (
        (f"{len(searches)} first pages", read),
        (f"{LISTED:,} listed slots written", partial(_write, owner)),
        ("a month removed", partial(_remove, owner, _oldest_months(owner, rounds + 1))),
    ):
        taken = in_turns(partial(side, "monthly"), partial(side, "whole"), rounds=rounds)
        told = f"{what} of {rows:,} rows by month, beside one table"
        yield longer("partitioning", told, taken, at_most=None, bytes=sizes)
    look_in("public")
    same(_left(owner, "monthly"), _left(owner, "whole"), "counts of rows")


def _write(owner: psycopg.Connection, schema: str) -> None:
    owner.execute(WRITE.format(schema=schema))


def _oldest_months(owner: psycopg.Connection, count: int) -> Months:
    found = owner.execute(OLDEST, {"months": count}).fetchall()
    return {schema: iter(found) for schema in SCHEMAS}


def _remove(owner: psycopg.Connection, months: Months, schema: str) -> None:
    """One statement, or small transactions that hold nobody up and the vacuum that follows."""
    month, ids = next(months[schema])
    if schema == "monthly":
        owner.execute(f"DROP TABLE monthly.slots_{month}")
        return
    for start in range(0, len(ids), LOT):
        owner.execute(REMOVE, {"ids": ids[start : start + LOT]})
    owner.execute("VACUUM whole.drivingtestslots")


def _left(owner: psycopg.Connection, schema: str) -> list[tuple]:
    statement = f"SELECT count(*), min(date), max(date) FROM {schema}.drivingtestslots"
    return [_first(owner, statement)]


def _first(owner: psycopg.Connection, statement: str) -> tuple:
    row = owner.execute(statement).fetchone()
    assert row
    return row
