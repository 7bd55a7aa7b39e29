"""Hints to the workers that there is something to do; each may be lost without harm."""

import logging
from typing import Any

from celery import current_app
from kombu.exceptions import OperationalError

from alerts import config
from alerts.delivery.claim import MOST_AT_ONCE

logger = logging.getLogger(__name__)

MATCH = "alerts.tasks.match"
# A page may be waiting; a worker's own connection is patient (seconds).
IMPATIENT = {"socket_connect_timeout": 0.2, "socket_timeout": 0.5}
# More than there are senders is no harm: who finds nothing due has ended at once.
MOST_HANDS = 4
SENDING = ("alerts.tasks.send_push", "alerts.tasks.send_email")


def hint_matching(**kwargs: Any) -> None:
    """Ask for matching now; receives `slots.signals.openings_recorded`."""
    publish(MATCH)


def hint_sending(*, alerts: int = 1) -> None:
    """Ask for a round of sending for when the window that begins now has ended.

    Of more alerts than one sender takes up at once, as many senders begin at the same time. One
    more is asked for when the gap has ended for all who have just had a message.
    """
    window, gap = config.COALESCE_SECONDS.value(), config.GAP_SECONDS.value()
    hands = min(max(alerts // MOST_AT_ONCE, 1), MOST_HANDS)
    for name in SENDING * hands:
        publish(name, countdown=window)
    if gap > window:
        for name in SENDING:
            publish(name, countdown=gap)


def publish(name: str, *, countdown: float = 0) -> None:
    """Ask for a task by its name in so many seconds, without waiting for a broker that is away."""
    try:
        with current_app.connection_for_write(transport_options=IMPATIENT) as connection:
            current_app.send_task(name, countdown=countdown, retry=False, connection=connection)
    except (OperationalError, OSError) as error:
        logger.debug("the hint %s is dropped: %s", name, error)
