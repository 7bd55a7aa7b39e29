"""Celery's task of telling staff."""

import logging

from celery import shared_task

from accounts.staff_alarms import mail_alarms

logger = logging.getLogger(__name__)


@shared_task
def mail_staff_alarms() -> None:
    """Mail what staff have to be told."""
    mailed = mail_alarms()
    if mailed:
        logger.info("staff alarms mailed=%d", mailed)
