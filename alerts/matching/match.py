"""Which saved searches an opening fits, and the alerts that follow."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from alerts.matching import match_sql
from alerts.models import UnsentReason, UserAlert

logger = logging.getLogger(__name__)

# Few at a time: the first alerts of a large batch are on their way before the last are written.
CLAIM = 25
# A learner or a search may be erased between being read and being referred to; then once more.
TRIES = 3
_VALUES: dict[str, Any] = {
    "waiting": UserAlert.State.WAITING,
    "expired": UserAlert.State.EXPIRED,
    "suppressed": UserAlert.State.SUPPRESSED,
    "told_at_most": 3,
    "told_enough": UnsentReason.TOLD_ENOUGH,
}


@dataclass(frozen=True)
class Matched:
    """How many openings were matched, alerts written, and expired alerts made due again."""

    openings: int = 0
    alerts: int = 0
    revived: int = 0

    def __add__(self, other: "Matched") -> "Matched":
        return Matched(
            openings=self.openings + other.openings,
            alerts=self.alerts + other.alerts,
            revived=self.revived + other.revived,
        )


def match_openings(*, now: datetime | None = None) -> Matched:
    """Write the alerts of every unmatched opening; any number of processes may do so at once.

    A user whom we have told of a slot 3 times in the last 24 hours gets the alert as
    `suppressed`, so that the learner's history says why. The clock is the database's; tests
    give `now` (aware). Openings are taken CLAIM at a time, each lot in a transaction of its own.
    Raises django.db.IntegrityError when rows that were read are gone before they are referred
    to, TRIES times in a row.
    """
    return sum(match_in_lots(now=now), start=Matched())


def match_in_lots(*, now: datetime | None = None) -> Iterator[Matched]:
    """Do what `match_openings` does, and answer lot by lot, for who shows progress."""
    yield Matched(revived=_revive(now))
    while (lot := _match_lot(now)).openings:
        yield lot


def _revive(now: datetime | None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(match_sql.REVIVE_ALERTS, {"now": now, **_VALUES})
        return cursor.rowcount


def _match_lot(now: datetime | None) -> Matched:
    for _ in range(TRIES - 1):
        try:
            return _match_once(now)
        except IntegrityError as reason:
            logger.warning("matching starts over: %s", reason)
    return _match_once(now)


@transaction.atomic
def _match_once(now: datetime | None) -> Matched:
    with connection.cursor() as cursor:
        cursor.execute(match_sql.PLANNING)
        cursor.execute(match_sql.CLAIM_OPENINGS, {"now": now, "limit": CLAIM})
        claimed = cursor.fetchall()
        if not claimed:
            return Matched()
        values = {"openings": [row[0] for row in claimed], "now": claimed[0][1], **_VALUES}
        cursor.execute(match_sql.IS_REACH_PENDING, values)
        is_pending = cursor.fetchone()[0]
        write = match_sql.WRITE_ALERTS_WITHOUT_REACH if is_pending else match_sql.WRITE_ALERTS
        cursor.execute(write, values)
        return Matched(openings=len(claimed), alerts=cursor.rowcount)
