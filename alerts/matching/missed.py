"""What a learner was not told of, because it was gone before their turn in the waves."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from alerts.criteria import FITS
from alerts.criteria.terms import BOOKING_JOIN, Terms, with_terms
from alerts.matching.match_sql import LOOKING
from slots.models import SlotOpening

# The last wave that was told left someone waiting; the learner is one of them if a search of
# theirs, as it is now, fits. Who has heard enough of a slot has an alert that says so.
MISSED = f"""
WITH drawn AS (
    SELECT DISTINCT ON (opening_id) opening_id, number, told_so_far, waiting > told AS someone_waits
      FROM alerts_wave WHERE told_at >= %(since)s
     ORDER BY opening_id, number DESC
), opened AS (
    SELECT opening.id AS opening_id, opening.recorded_at, slot.center_id, slot.test_type,
           slot.date, slot.time, extract(isodow FROM slot.date)::smallint AS weekday,
           (opening.matched_at AT TIME ZONE 'Europe/London')::date AS today,
           drawn.number, drawn.told_so_far
      FROM drawn
      JOIN slots_slotopening opening ON opening.id = drawn.opening_id
      JOIN drivingtestslots slot ON slot.slot_id = opening.slot_id
     WHERE drawn.someone_waits AND opening.closed_at IS NOT NULL
       AND opening.matched_at >= %(since)s
       AND NOT EXISTS (SELECT FROM useralerts alert
                        WHERE alert.opening_id = opening.id AND alert.user_id = %(user)s)
), slot AS NOT MATERIALIZED ({with_terms("opened")}
)
SELECT DISTINCT slot.opening_id, slot.number, slot.told_so_far
  FROM userpreferences search
  JOIN alerts_reach reach ON reach.search_id = search.preference_id
  JOIN slot ON slot.center_id = reach.center_id
{BOOKING_JOIN}
 WHERE search.user_id = %(user)s AND {LOOKING} AND {FITS}
 ORDER BY slot.opening_id DESC
 LIMIT %(most)s
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class Missed:
    """An opening that was told to so many learners, in so many waves, and was gone then."""

    opening: SlotOpening
    waves: int
    told: int


def missed_turns(user: User, *, since: datetime, now: datetime, most: int) -> list[Missed]:
    """Openings from `since` (aware) on that were gone before a learner's turn, newest first."""
    values: dict[str, Any] = {"user": user.pk, "since": since, "now": now, "most": most}
    values |= Terms.read().values_since(since, today=timezone.localdate(now))
    with connection.cursor() as cursor:
        cursor.execute(MISSED, values)
        rows = cursor.fetchall()
    openings = SlotOpening.objects.select_related("slot__center").in_bulk([row[0] for row in rows])
    return [Missed(openings[number], waves, told) for number, waves, told in rows]
