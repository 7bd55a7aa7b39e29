"""What Redis can be asked: whether it answers, and how many hints wait in each queue."""

from celery import current_app
from django.conf import settings
from redis import Redis

# Seconds; the caller wants to know at once that there is no answer.
IMPATIENT = {"socket_connect_timeout": 1.0, "socket_timeout": 1.0}


def queue_lengths() -> dict[str, int]:
    """Hints that wait, by queue; raises kombu's OperationalError when Redis does not answer."""
    with current_app.connection_for_read(transport_options=IMPATIENT) as connection:
        connection.ensure_connection(max_retries=1, timeout=2)
        with connection.channel() as channel:
            redis: Redis = channel.client  # type: ignore[attr-defined]
            return {queue: int(redis.llen(queue)) for queue in settings.QUEUES}
