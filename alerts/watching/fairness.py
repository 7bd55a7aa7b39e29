"""What became of turns in the last 30 days, in figures that anyone may read."""

from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.db import connection

from alerts.models import UserAlert

MONTH = timedelta(days=30)
# The last wave of an opening says how many it had come to. An opening whose next wave never came
# had gone by then, and the rest were spared a message for nothing.
MONTH_OF_WAVES = """
WITH last AS (
    SELECT DISTINCT ON (opening_id) opening_id, number, told_so_far, waiting - told AS untold
      FROM alerts_wave WHERE told_at >= %(since)s
     ORDER BY opening_id, number DESC
), told AS (
    SELECT count(*) AS openings, coalesce(sum(told_so_far), 0) AS messages,
           count(*) FILTER (WHERE number = 1 AND opening.closed_at IS NOT NULL) AS gone_at_once,
           count(*) FILTER (WHERE untold > 0 AND opening.closed_at IS NOT NULL) AS gone_early,
           coalesce(sum(untold) FILTER (WHERE opening.closed_at IS NOT NULL), 0) AS spared
      FROM last JOIN slots_slotopening opening ON opening.id = last.opening_id
)
SELECT told.*,
       (SELECT count(*) FROM useralerts
         WHERE answer = %(gone)s AND answered_at >= %(since)s) AS said_gone,
       (SELECT count(*) FROM useralerts
         WHERE answer = %(got_it)s AND answered_at >= %(since)s) AS said_got_it
  FROM told
"""


class Month(TypedDict):
    """Of openings told in waves: how many, to how many learners in all, how many had gone after
    the first wave or before the last, how many learners nobody had to tell; and what learners
    answered, of any alert."""

    openings: int
    messages: int
    gone_at_once: int
    gone_early: int
    spared: int
    said_gone: int
    said_got_it: int


def read_month(now: datetime) -> Month:
    """The figures of the 30 days before `now` (aware)."""
    values: dict[str, Any] = {
        "since": now - MONTH, "gone": UserAlert.Answer.GONE, "got_it": UserAlert.Answer.GOT_IT,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(MONTH_OF_WAVES, values)
        names = [column.name for column in cursor.description]
        return Month(**dict(zip(names, map(int, cursor.fetchone()), strict=True)))  # type: ignore[typeddict-item]
