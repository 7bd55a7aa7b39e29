"""Telling staff by mail of what they ought to look at: once per subject and hour, never lost.

Raising writes a row in the transaction of whatever is wrong. Mail is put into the outbox later
and elsewhere, so that what staff are told of the mail server delays nobody.
"""

import logging
from collections.abc import Iterable
from datetime import timedelta
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.db.models.functions import Now
from django.template.loader import render_to_string

from accounts.mail.compose import as_html
from accounts.mail.outbox import queue_mail
from accounts.models import Role, StaffAlarm, User

logger = logging.getLogger(__name__)

TOLD_ROLES = (Role.ADMIN, Role.CENTER_MANAGER)
# A mail server that is away for longer is known to all by then.
GOOD_FOR = timedelta(days=7)

# The clock is read once the row is locked: after the mails that another is writing just now.
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
    """Put a mail of every alarm that is due, to each of those who are told, into the outbox.

    Any number of processes may do so at once. Returns the number of alarms.
    """
    mailed = 0
    staff = told_staff()
    while staff and _mail_next(staff):
        mailed += 1
    return mailed


def told_staff() -> list[User]:
    """The active admins and centre managers."""
    return list(User.objects.filter(is_active=True, role__role_name__in=TOLD_ROLES))


@transaction.atomic
def _mail_next(staff: Iterable[User]) -> bool:
    due = StaffAlarm.objects.due().select_for_update(skip_locked=True)
    alarm = due.order_by("raised_at").first()
    if alarm is None:
        return False
    _queue(alarm, staff)
    StaffAlarm.objects.filter(pk=alarm.pk).update(mailed_at=Now())
    return True


def _queue(alarm: StaffAlarm, staff: Iterable[User]) -> None:
    page = f"{settings.SITE_URL}{alarm.path or '/admin/'}"
    context = {"alarm": alarm, "page": page, "site_name": settings.SITE_NAME}
    subject = f"{settings.SITE_NAME}: {' '.join(alarm.sentence.split())[:100]}"
    text = render_to_string("accounts/staff_alarm.txt", context)
    html = as_html(text, subject=subject)
    for person in staff:
        queue_mail(
            to=person.email, user=person, kind="staff_alarm", subject=subject, text=text, html=html,
            good_for=GOOD_FOR,
        )  # fmt: skip
