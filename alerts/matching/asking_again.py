"""Whether alerts are still wanted after their search, their learner or the day has changed."""

from collections.abc import Collection
from typing import Any

from django.db import connection

from alerts.criteria import FITS, FITS_LEARNER, PLACE
from alerts.criteria.terms import BOOKING_JOIN, Terms, with_terms
from alerts.models import UnsentReason, UserAlert
from audit.clock import database_today

# What the day alone changes is asked of the learner's criteria only: that a search wants so many
# days' notice was true when the alert was due.
ASK_AGAIN = f"""
WITH opened AS (
    SELECT alert.alert_id, alert.preference_id, alert.created_at AS alerted_at,
           slot.center_id, slot.test_type, slot.date, slot.time,
           extract(isodow FROM slot.date)::smallint AS weekday, %(today)s::date AS today
      FROM useralerts alert JOIN drivingtestslots slot ON slot.slot_id = alert.slot_id
     WHERE alert.alert_id = ANY (%(alerts)s)
), slot AS MATERIALIZED ({with_terms("opened")}
)
SELECT slot.alert_id,
       CASE WHEN search.updated_at > slot.alerted_at - interval '1 minute'
             AND ({PLACE.fits} AND {FITS}) IS NOT TRUE THEN '{UnsentReason.SEARCH_CHANGED}'
            WHEN ({FITS_LEARNER}) IS NOT TRUE THEN '{UnsentReason.NOT_BOOKABLE}'
       END
  FROM slot
  JOIN dvsa_test_centers center ON center.center_id = slot.center_id
  JOIN LATERAL (
       SELECT search.*, ARRAY (
              SELECT center_id FROM userpreferences_centers
               WHERE search_id = search.preference_id) AS centers
         FROM userpreferences search WHERE search.preference_id = slot.preference_id
       ) search ON true
{BOOKING_JOIN}
"""  # noqa: S608 - put together from constants


def ask_again(alerts: Collection[int]) -> dict[int, UnsentReason]:
    """By alert's id, why it is no longer wanted; those that still are have no entry."""
    today = database_today()
    dates = UserAlert.objects.filter(pk__in=alerts).values_list("slot__date", flat=True)
    values: dict[str, Any] = {"alerts": list(alerts), "today": today}
    values |= Terms.read().values(days=[today], dates=set(dates))
    with connection.cursor() as cursor:
        cursor.execute(ASK_AGAIN, values)
        return {alert: UnsentReason(reason) for alert, reason in cursor.fetchall() if reason}
