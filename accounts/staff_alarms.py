"""Telling staff by mail of what they ought to look at: once per subject and hour, never lost.

Raising writes a row in the transaction of whatever is wrong. Mail leaves later and elsewhere,
so that a mail server that is slow or away delays nobody but itself.
"""

import logging
import uuid
from functools import partial
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Now
from django.template.loader import render_to_string

from accounts.mail.headers import AUTOMATIC, message_id
from accounts.mail.refusals import fault_of
from accounts.models import Role, StaffAlarm, User

logger = logging.getLogger(__name__)

NAMESPACE = uuid.UUID("0f3d2f3b-6d0c-4c0a-9c53-4c9a2a1f7f10")
TOLD_ROLES = (Role.ADMIN, Role.CENTER_MANAGER)

# The clock is read once the row is locked: after the claim of whoever mails it just now.
_RAISE = """
    INSERT INTO accounts_staffalarm (subject, sentence, path) VALUES (%s, %s, %s)
    ON CONFLICT (subject) DO UPDATE
    SET sentence = excluded.sentence, path = excluded.path, raised_at = clock_timestamp()"""


def raise_alarm(*, subject: str, sentence: str, path: str | None = None) -> None:
    """Have staff told, if the caller's transaction is committed.

    Within an hour of a mail about the same subject, the newest sentence waits for its end. `path`
    is that of the page where one looks.
    """
    with connection.cursor() as cursor:
        cursor.execute(_RAISE, [subject, sentence, path])
    transaction.on_commit(partial(logger.warning, "%s: %s", subject, sentence))


def mail_alarms() -> int:
    """Mail every alarm that is due to the active admins and centre managers; how many were.

    Any number of processes may do so at once. One whose mail fails is due again in 5 minutes.
    """
    mailed = 0
    recipients = told_staff()
    while recipients and (alarm := _claim()):
        mailed += _mail(alarm, recipients)
    return mailed


def told_staff() -> list[str]:
    """The addresses of whoever is told."""
    staff = User.objects.filter(is_active=True, role__role_name__in=TOLD_ROLES)
    return list(staff.values_list("email", flat=True))


@transaction.atomic
def _claim() -> StaffAlarm | None:
    due = StaffAlarm.objects.due().select_for_update(skip_locked=True)
    alarm = due.order_by("raised_at").first()
    if alarm:
        StaffAlarm.objects.filter(pk=alarm.pk).update(claimed_at=Now())
        alarm.refresh_from_db(fields=["claimed_at"])
    return alarm


def _mail(alarm: StaffAlarm, recipients: list[str]) -> bool:
    try:
        _message(alarm, recipients).send()
    except (OSError, SMTPException) as error:
        fault = fault_of(error).label
        logger.warning("the alarm %s could not be mailed: %s (%s)", alarm, error, fault)
        return False
    # What was raised while this was on its way is later than the claim, so it is still to come.
    claimed = StaffAlarm.objects.filter(pk=alarm.pk, claimed_at=alarm.claimed_at)
    claimed.update(mailed_at=F("claimed_at"), claimed_at=None)
    return True


def _message(alarm: StaffAlarm, recipients: list[str]) -> EmailMessage:
    page = f"{settings.SITE_URL}{alarm.path or '/admin/'}"
    context = {"alarm": alarm, "page": page, "site_name": settings.SITE_NAME}
    return EmailMessage(
        subject=f"{settings.SITE_NAME}: {' '.join(alarm.sentence.split())[:100]}",
        body=render_to_string("accounts/staff_alarm.txt", context),
        to=recipients,
        headers=AUTOMATIC | {"Message-ID": _message_id(alarm)},
    )


def _message_id(alarm: StaffAlarm) -> str:
    """The same at every try to mail what was raised at one time."""
    return message_id(uuid.uuid5(NAMESPACE, f"{alarm.pk} {alarm.raised_at.isoformat()}"))
