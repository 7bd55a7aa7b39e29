"""Celery's tasks of what spans all apps."""

import logging
from pathlib import Path

from celery import shared_task
from django.conf import settings

from dvsa_alerts import erasures, heartbeats

logger = logging.getLogger(__name__)


@shared_task
def heartbeat(queue: str) -> None:
    """Asked for by beat, in each queue: it shows that beat asks and the queue's worker answers."""
    heartbeats.note(queue)


@shared_task
def keep_erasures() -> None:
    """Bring the list of erased users beside the backups up to date, where that is reached."""
    if settings.BACKUP_DIR:
        kept = erasures.keep_erasures(Path(settings.BACKUP_DIR))
        if kept:
            logger.info("erasures kept=%d", kept)
