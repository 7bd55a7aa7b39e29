"""Reach beside its triggers: what they leave for later."""

import time
from typing import Any

from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from alerts.models import PendingReach

# Whoever saves a search waits for a step at most, so that it should take no longer (seconds).
STEP = 0.1
FIRST, FEWEST, MOST = 200, 20, 20_000
# An admin's page may be waiting (seconds); what is left then is housekeeping's.
PATIENCE = 2.0


def settle_reach(*, seconds: float) -> int:
    """Bring Reach up to date with centres that its triggers left for later, for so long.

    Returns the number of centres that still wait: 0 when all is done. Each step is a transaction
    of its own, and any number of processes may do so at once. Stops early where somebody who
    writes searches takes long.
    """
    until, most, pending = time.monotonic() + seconds, FIRST, PendingReach.objects.count()
    while pending and time.monotonic() < until:
        began = time.monotonic()
        try:
            pending = _settle(most)
        except OperationalError as error:
            if isinstance(error.__cause__, LockNotAvailable):
                return pending
            raise
        most = _most_next(most, time.monotonic() - began)
    return pending


def follow_centers(**kwargs: Any) -> None:
    """Settle what can be settled while somebody waits; receives `many_centers_written`."""
    settle_reach(seconds=PATIENCE)


def _settle(most: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pending FROM reach_settle(%s)", [most])
        return cursor.fetchone()[0]


def _most_next(most: int, took: float) -> int:
    """As many searches as should take STEP, but at most twice as many as before."""
    wanted = most * min(STEP / max(took, 0.001), 2.0)
    return round(min(max(wanted, FEWEST), MOST))
