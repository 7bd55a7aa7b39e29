"""Celery's tasks of what spans all apps."""

import logging
from pathlib import Path

from celery import shared_task
from django.conf import settings

from dvsa_alerts.operations.backups import erasures
from dvsa_alerts.operations.monitoring import heartbeats
from dvsa_alerts.operations.pruning import RULES
from dvsa_alerts.operations.pruning import prune as prune_by

logger = logging.getLogger(__name__)

# Well within a task's time limit; what is left then is the next hour's.
PRUNE_SECONDS = 180.0


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


@shared_task
def prune() -> None:
    """Remove what the application may and keeps no longer."""
    removed = prune_by(RULES, seconds=PRUNE_SECONDS)
    said = " ".join(f"{name}={count}" for name, count in removed.items() if count)
    if said:
        logger.info("pruned %s", said)
