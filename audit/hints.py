"""Hints to the workers that there is something to do; each may be lost without harm."""

import logging

from celery import current_app
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# A page may be waiting; a worker's own connection is patient (seconds).
IMPATIENT = {"socket_connect_timeout": 0.2, "socket_timeout": 0.5}


def publish(name: str, *, countdown: float = 0) -> None:
    """Ask for a task by its name in so many seconds, without waiting for a broker that is away."""
    try:
        with current_app.connection_for_write(transport_options=IMPATIENT) as connection:
            current_app.send_task(name, countdown=countdown, retry=False, connection=connection)
    except (OperationalError, OSError) as error:
        logger.debug("the hint %s is dropped: %s", name, error)
