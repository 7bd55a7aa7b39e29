"""Celery's tasks of telling staff, and of sending mail."""

import logging

from celery import shared_task

from accounts.mail.send import send_outbox as send
from accounts.staff_alarms import mail_alarms

logger = logging.getLogger(__name__)

# Well within a task's time limit; what is left then is the next task's.
SECONDS = 20.0


@shared_task
def mail_staff_alarms() -> None:
    """Mail what staff have to be told."""
    mailed = mail_alarms()
    if mailed:
        logger.info("staff alarms mailed=%d", mailed)


@shared_task
def send_outbox() -> None:
    """Send the mails that are due."""
    accepted = send(seconds=SECONDS)
    if accepted:
        logger.info("mails accepted=%d", accepted)
