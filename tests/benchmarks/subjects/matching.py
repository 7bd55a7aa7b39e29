"""One opening matched to the searches around it, beside a bare write of the same alerts."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
from django.db import connection, transaction

from alerts.config import WAVE_SECONDS
from alerts.matching.match import Matched, match_openings
from alerts.models import UserAlert
from alerts.watching.canary import Verdict, verify
from audit.clock import database_now
from tests.benchmarks.figures import Figure, longer
from tests.benchmarks.measuring import Different, in_turns, same
from tests.benchmarks.world import World, everyone_told_at_once, owner_at_rest

REACHED = 28_000

# At the centre whose reach is nearest to what is asked for, at a time that no other slot has.
OPENING = """
WITH reached AS (
    SELECT reach.center_id, count(*) AS searches FROM alerts_reach reach GROUP BY reach.center_id
), slot AS (
    INSERT INTO drivingtestslots (center_id, test_type, date, time)
    SELECT center_id, 'practical', current_date + 30, %(at)s FROM reached
     ORDER BY abs(searches - %(reached)s), center_id LIMIT 1
    RETURNING slot_id
)
INSERT INTO slots_slotopening (slot_id, episode, opened_at) SELECT slot_id, 1, now() FROM slot
RETURNING id
"""
UNDO = """
TRUNCATE useralerts, alerts_wave CASCADE;
UPDATE slots_slotopening SET matched_at = NULL, wave = NULL, next_wave_at = NULL
 WHERE id = %(opening)s
"""
FORGET = """
TRUNCATE useralerts, alerts_wave CASCADE;
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
            with everyone_told_at_once():
                alerts = _check(owner, opening)
            for what, ours, at_most in WAYS:
                taken = in_turns(ours, _bare, rounds=rounds, warm_up=2,
                                 before=lambda: owner.execute(UNDO, opening))  # fmt: skip
                said = f"an opening that {alerts:,} of {world.learners:,} searches fit, {what}"
                yield longer("matching", said, taken, at_most=at_most)
        finally:
            owner.execute(FORGET, opening)


def _match_at_once() -> None:
    with everyone_told_at_once():
        match_openings()


def _match_all_waves() -> None:
    """Each wave as soon as the one before is over."""
    now, seconds = database_now(), timedelta(seconds=WAVE_SECONDS.value())
    while match_openings(now=now) != Matched():
        now += seconds


# Ours, each as the task calls it, and how long it may take beside the bare write of all alerts.
WAYS = (
    ("told at once", _match_at_once, 1.1),
    ("its first wave", match_openings, 0.12),
    ("all its waves", _match_all_waves, 1.5),
)


def open_one(owner: psycopg.Connection, world: World) -> int:
    """Open a slot where about REACHED of a million searches reach; the opening's id."""
    return open_reaching(owner, round(REACHED * world.scale))


def open_reaching(owner: psycopg.Connection, reached: int, *, at: str = "07:01") -> int:
    """Open a slot where about so many searches reach; the opening's id."""
    row = owner.execute(OPENING, {"reached": reached, "at": at}).fetchone()
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
