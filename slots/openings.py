"""What happens to openings without any source: their time comes."""

from datetime import datetime

from django.db import connection, transaction

from audit.clock import database_now
from slots.ingestion.locking import lock_slots
from slots.querysets import latest_clock

_CLOSE_PASSED = """
    WITH passed AS (
        UPDATE drivingtestslots
        SET available = false, updated_at = statement_timestamp()
        WHERE available AND (date, time) <= (%s::date, %s::time)
        RETURNING slot_id, slot_start(date, time) AS start
    ), closed AS (
        UPDATE slots_slotopening AS opening
        SET closed_at = passed.start, close_reason = 'passed'
        FROM passed
        WHERE opening.slot_id = passed.slot_id AND opening.closed_at IS NULL
    )
    SELECT count(*) FROM passed"""


@transaction.atomic
def close_passed(now: datetime | None = None) -> int:
    """Close the slots whose start (Europe/London) is at or before `now` (aware; default: the
    database's), as of that start. Answers how many."""
    lock_slots()
    clock = latest_clock(now or database_now())
    with connection.cursor() as cursor:
        cursor.execute(_CLOSE_PASSED, [clock.date(), str(clock.time())])
        return cursor.fetchone()[0]
