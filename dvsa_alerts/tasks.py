"""The task that shows that beat asks and a queue's worker answers."""

from celery import shared_task

from dvsa_alerts import heartbeats


@shared_task
def heartbeat(queue: str) -> None:
    """Asked for by beat, in each queue."""
    heartbeats.note(queue)
