"""The one outbox: mail of any kind but alerts is written here by what causes it, and sent later.

A page never waits for a mail server, and what it has queued is never lost: it goes until a server
accepts it, or until it is of no use any more. Alerts have a way of their own (`alerts.delivery`),
because what they say changes up to the moment when they leave.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import OutboxMail, User
from audit.hints import publish

SEND = "accounts.tasks.send_outbox"


def queue_mail(
    *,
    to: str,
    kind: str,
    subject: str,
    text: str,
    html: str,
    good_for: timedelta,
    user: User | None = None,
    headers: Mapping[str, str] | None = None,
    is_awaited: bool = False,
) -> OutboxMail:
    """Have a mail sent once the caller's transaction is committed, or never if `good_for` ends.

    `user` is whose it is, where it is anybody's: it is theirs to export and goes with them.
    """
    mail = OutboxMail.objects.create(
        user=user, to=to, kind=kind, is_awaited=is_awaited, headers=dict(headers or {}),
        subject=subject, text=text, html=html, expires_at=Now() + good_for,
    )  # fmt: skip
    transaction.on_commit(partial(publish, SEND))
    return mail


def queue_drafts(people: Iterable[User], *, kind: str, good_for: timedelta) -> list[OutboxMail]:
    """Have a mail to each of them written and sent by its kind's writer (`accounts.mail.drafts`).

    In the order of `people`; as `queue_mail` in all else.
    """
    mails = [
        OutboxMail(user=user, to=user.email, kind=kind, expires_at=Now() + good_for)
        for user in people
    ]
    if mails:
        transaction.on_commit(partial(publish, SEND))
    return OutboxMail.objects.bulk_create(mails)
