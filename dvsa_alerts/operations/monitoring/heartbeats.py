"""Signs of life of beat and of each queue's workers, kept where every web host can read them."""

from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models.functions import Now

from dvsa_alerts.models import Heartbeat

# Beat asks every 15 s; a worker may be in the middle of a round of sending (20 s) or two.
SILENT_AFTER = timedelta(seconds=120)

NOTE = """
INSERT INTO dvsa_alerts_heartbeat (queue, at) VALUES (%s, statement_timestamp())
ON CONFLICT (queue) DO UPDATE SET at = excluded.at
"""


def note(queue: str) -> None:
    """Write down that this queue has a worker that works, now."""
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [queue])


def silent_queues() -> list[str]:
    """The queues whose last sign of life is older than SILENT_AFTER, or that never gave one."""
    heard = Heartbeat.objects.filter(at__gte=Now() - SILENT_AFTER).values_list("queue", flat=True)
    return [queue for queue in settings.QUEUES if queue not in set(heard)]
