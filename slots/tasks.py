"""Celery's tasks of slots and sources."""

import logging

from celery import shared_task

from audit.clock import database_now
from slots import concerns, openings
from slots.center_pages import measuring_waits
from slots.fetching import polling

logger = logging.getLogger(__name__)


@shared_task
def close_passed() -> None:
    """Close the slots that have passed."""
    closed = openings.close_passed()
    if closed:
        logger.info("slots passed=%d", closed)


@shared_task
def poll_sources() -> None:
    """Ask the sources whose time has come."""
    for polled in polling.poll_due():
        logger.info("polled %s", polled)


@shared_task
def notice_silence() -> None:
    """Have staff told of sources that have gone stale."""
    concerns.notice_silence(database_now())


@shared_task
def measure_waits() -> None:
    """Work out how long one waits for a test at each centre."""
    measuring_waits.measure_waits(database_now())
