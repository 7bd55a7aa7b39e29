"""One opening matched to the searches around it, beside a bare write of the same alerts."""

from collections.abc import Iterator

import psycopg
from django.db import connection, transaction

from alerts.matching.match import match_openings
from alerts.models import UserAlert
from alerts.watching.canary import Verdict, verify
from tests.benchmarks.figures import Figure, longer
from tests.benchmarks.measuring import Different, in_turns, same
from tests.benchmarks.world import World, owner_at_rest

REACHED = 28_000

# At the centre whose reach is nearest to what is asked for, at a time that no other slot has.
OPENING = """
WITH reached AS (
    SELECT reach.center_id, count(*) AS searches FROM alerts_reach reach GROUP BY reach.center_id
), slot AS (
    INSERT INTO drivingtestslots (center_id, test_type, date, time)
    SELECT center_id, 'practical', current_date + 30, '07:01' FROM reached
     ORDER BY abs(searches - %(reached)s), center_id LIMIT 1
    RETURNING slot_id
)
INSERT INTO slots_slotopening (slot_id, episode, opened_at) SELECT slot_id, 1, now() FROM slot
RETURNING id
"""
UNDO = """
TRUNCATE useralerts CASCADE;
UPDATE slots_slotopening SET matched_at = NULL WHERE id = %(opening)s
"""
FORGET = """
TRUNCATE useralerts CASCADE;
DROP TABLE IF EXISTS bench.alert;
DELETE FROM drivingtestslots slot USING slots_slotopening opening
 WHERE opening.slot_id = slot.slot_id AND opening.id = %(opening)s;
DELETE FROM slots_slotopening WHERE id = %(opening)s
"""

COLUMNS = "user_id, slot_id, opening_id, preference_id, miles, state, state_reason"
KEEP = f"""
CREATE TABLE bench.alert AS SELECT {COLUMNS} FROM useralerts ORDER BY user_id;
GRANT SELECT ON bench.alert TO PUBLIC;
ANALYZE bench.alert
"""
BARE = f"INSERT INTO useralerts ({COLUMNS}) SELECT {COLUMNS} FROM bench.alert"


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Ours as the task calls it, claims and commit included; theirs in one transaction too."""
    world.add_searches()
    with owner_at_rest() as owner:
        opening = {"opening": open_one(owner, world)}
        try:
            alerts = _check(owner, opening)
            taken = in_turns(match_openings, _bare, rounds=rounds, warm_up=2,
                             before=lambda: owner.execute(UNDO, opening))  # fmt: skip
        finally:
            owner.execute(FORGET, opening)
    what = f"one opening matched to {alerts:,} of {world.learners:,} searches and written"
    yield longer("matching", what, taken, at_most=1.15)


def open_one(owner: psycopg.Connection, world: World) -> int:
    """Open a slot where about REACHED of a million searches reach; the opening's id."""
    return open_reaching(owner, round(REACHED * world.scale))


def open_reaching(owner: psycopg.Connection, reached: int) -> int:
    """Open a slot where about so many searches reach; the opening's id."""
    row = owner.execute(OPENING, {"reached": reached}).fetchone()
    return row[0]


def _check(owner: psycopg.Connection, opening: dict[str, int]) -> int:
    """Match once: the canary agrees, and the bare write comes to the same rows. How many."""
    match_openings()
    verdict = sum(verify([opening["opening"]]), start=Verdict())
    if not verdict.is_clean or verdict.alerts != UserAlert.objects.count():
        raise Different(f"the canary finds other alerts: {verdict}")
    owner.execute(KEEP)
    ours = _alerts()
    owner.execute(UNDO, opening)
    _bare()
    same(ours, _alerts(), "alerts")
    return len(ours)


@transaction.atomic
def _bare() -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE)


def _alerts() -> set[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM useralerts")
        return set(cursor.fetchall())
