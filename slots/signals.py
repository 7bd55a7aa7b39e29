"""What the apps above may want to hear of; sent once it is committed."""

import logging

from django.db import transaction
from django.dispatch import Signal

logger = logging.getLogger(__name__)

# Openings that are to be announced were written, or have resumed. Arguments: count.
openings_recorded = Signal()


def say_openings_recorded(count: int) -> None:
    """Send `openings_recorded` once the present transaction is committed."""
    if count:
        transaction.on_commit(lambda: _send(openings_recorded, count=count))


def _send(signal: Signal, **arguments: object) -> None:
    for receiver, answer in signal.send_robust(sender=None, **arguments):
        if isinstance(answer, Exception):
            logger.error("%r failed", receiver, exc_info=answer)
