"""A world's past: five alerts and three messages a learner, batches, and the audit log."""

import psycopg

from tests.benchmarks import past_sql
from tests.benchmarks.world import World, without_indexes

BATCHES, ENTRIES = 100_000, 1_000_000
# Each table with what fills it; one is read by those that follow.
FILLED = (
    ("alerts_pushsubscription", past_sql.DEVICES),
    ("slots_feedbatch", past_sql.BATCHES),
    ("slots_slotopening", past_sql.OPENINGS),
    ("alerts_notification", past_sql.NUMBERED + ";" + past_sql.NOTIFICATIONS),
    ("alerts_delivery", past_sql.DELIVERIES),
    ("useralerts", past_sql.ALERTS),
    ("auditlogs", past_sql.ENTRIES),
)


def add_past(world: World) -> None:
    """Fill what only time fills: at scale 1, 5,000,000 alerts and 3,000,000 messages.

    The other subjects measure a world without a past, so one that asks for it runs by itself.
    """
    world.add_slots()
    world.add_searches()
    wanted = {
        "batches": max(200, round(BATCHES * world.scale)),
        "entries": max(2000, round(ENTRIES * world.scale)),
    }
    with world.once("past", "a past of some months") as owner:
        if owner:
            _fill(owner, wanted)


def _fill(owner: psycopg.Connection, wanted: dict[str, int]) -> None:
    for table, statement in FILLED:
        with without_indexes(owner, table):
            owner.execute(statement, wanted if "%(" in statement else None)
    owner.execute(past_sql.SELDOM)
