"""The published query runs against the schema as it stands, only its placeholders filled."""

import pytest
from django.db import connection

from tests.schema import rows

PUBLISHED = """
SELECT dts.slot_id, dtc.name, dts.date, dts.time
FROM DrivingTestSlots dts
JOIN DVSA_Test_Centers dtc ON dts.center_id = dtc.center_id
WHERE ST_Distance(
        ST_MakePoint(dtc.longitude, dtc.latitude),
        ST_MakePoint(%(user_longitude)s, %(user_latitude)s)
    ) <= %(radius)s
    AND dts.available = TRUE
ORDER BY dts.date, dts.time
"""


@pytest.mark.django_db
def test_the_published_query_answers_open_slots_near_the_learner():
    near = rows.slot(rows.center("Goodmayes", 51.56, 0.11))
    taken = rows.slot(rows.center("Barking", 51.54, 0.08))
    rows.run("UPDATE DrivingTestSlots SET available = FALSE WHERE slot_id = %s", taken)
    rows.slot(rows.center("Inverness", 57.48, -4.22))
    with connection.cursor() as cursor:
        place = {"user_longitude": 0.1, "user_latitude": 51.55, "radius": 1}
        cursor.execute(PUBLISHED, place)
        assert [row[0] for row in cursor.fetchall()] == [near]
