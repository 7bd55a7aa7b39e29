"""How much a search that is not stored yet would have told of."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import connection

from accounts.learners import Learner
from accounts.models import SavedSearch
from alerts.criteria import COLUMNS, FITS, PLACE
from alerts.criteria.terms import BOOKING_JOIN, Terms, with_terms
from audit.clock import database_today
from centers.models import Center

MOST_COUNTED = 1000
STORED = [field for field in SavedSearch._meta.concrete_fields if field.column in COLUMNS]
# It has no row in Reach, so its place is asked here; "today" is the day on which each opening was
# recorded. Someone who asks for all of the country is not counted to the end.
COUNT = f"""
WITH search AS (
    SELECT {{columns}}, %(centers)s::integer[] AS centers, %(user)s::integer AS user_id
), center AS (
    SELECT center.center_id FROM dvsa_test_centers center CROSS JOIN search
     WHERE center.is_active
       AND {PLACE.fits}
), opened AS (
    SELECT slot.center_id, slot.test_type, slot.date, slot.time,
           extract(isodow FROM slot.date)::smallint AS weekday,
           (opening.recorded_at AT TIME ZONE 'Europe/London')::date AS today
      FROM slots_slotopening opening
      JOIN drivingtestslots slot ON slot.slot_id = opening.slot_id
      JOIN center ON center.center_id = slot.center_id
     WHERE opening.recorded_at >= %(since)s AND opening.quiet IS NULL
), slot AS NOT MATERIALIZED ({with_terms("opened")}
)
SELECT count(*) FROM (
    SELECT FROM slot
     CROSS JOIN search
{BOOKING_JOIN}
     WHERE {FITS}
     LIMIT %(most)s
) fitting
"""  # noqa: S608 - put together from constants


def openings_fitting(
    search: SavedSearch,
    *,
    since: datetime,
    centers: Collection[Center] = (),
    learner: Learner | None = None,
) -> int:
    """How many openings recorded from `since` (aware) on a search would have been told of.

    The search need not be stored, `centers` are what it chooses, and `learner` is whose it will
    be; its radius and the types of its fields are as a form cleans them. Whether a slot has been
    taken since doesn't count.
    Beyond MOST_COUNTED it is not counted on: MOST_COUNTED + 1 stands for all that is more.
    """
    values: dict[str, Any] = {
        field.attname: field.get_db_prep_save(getattr(search, field.attname), connection)
        for field in STORED
    } | {
        "centers": [center.pk for center in centers],
        "user": learner and learner.user.pk,
        "since": since,
        "most": MOST_COUNTED + 1,
    }
    terms = Terms(learner.rules) if learner else Terms.read()
    values |= terms.values_since(since, today=learner.today if learner else database_today())
    columns = ", ".join(
        f"%({field.attname})s::{field.db_type(connection)} AS {field.column}" for field in STORED
    )
    with connection.cursor() as cursor:
        cursor.execute(COUNT.replace("{columns}", columns), values)
        return cursor.fetchone()[0]
