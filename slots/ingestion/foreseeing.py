"""What releasing a held batch would do, for the person who decides on it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from slots.ingestion import applying, holding
from slots.models import FeedBatch

_BY_CENTER = """
    WITH listed AS (SELECT DISTINCT center_id, test_type, date, time FROM incoming), change AS (
        SELECT listed.center_id,
            CASE WHEN slot.available THEN 'stays' WHEN slot.withheld_at IS NULL THEN 'opens' END
                AS kind
        FROM listed LEFT JOIN drivingtestslots AS slot USING (center_id, test_type, date, time)
        UNION ALL
        SELECT center_id, 'closes' FROM drivingtestslots WHERE slot_id = ANY(%s)
    )
    SELECT center.name, count(*) FILTER (WHERE kind = 'closes'),
        count(*) FILTER (WHERE kind = 'opens'), count(*) FILTER (WHERE kind = 'stays')
    FROM change JOIN dvsa_test_centers AS center USING (center_id)
    GROUP BY center.center_id ORDER BY 2 DESC, 1"""


@dataclass(frozen=True)
class Foreseen:
    """How many slots of one centre would close, open, and stay as they are."""

    center: str
    closes: int
    opens: int
    stays: int


@transaction.atomic
def foresee(batch: FeedBatch, *, now: datetime) -> list[Foreseen]:
    """By centre, the most closings first, what release would do `now` (aware); changes nothing."""
    application = holding.take_up(batch, source=batch.source, now=now)
    closing = applying.read_closing(application)
    with connection.cursor() as cursor:
        cursor.execute(_BY_CENTER, [closing.slots])
        return [Foreseen(*row) for row in cursor.fetchall()]
