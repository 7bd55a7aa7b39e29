"""Erasing a learner: all that is stored about them goes, but the anonymous part of the log."""

from functools import partial

from django.db import transaction
from django.dispatch import Signal

from accounts.models import OutboxMail, User
from accounts.sessions import drop_sessions
from accounts.staffing import last_admin_stays
from audit.trail import record

# Sent once an erasure is committed: what has to hold beyond the database is the apps' above.
user_erased = Signal()


def erase_user(*, user: User, actor: User | None) -> None:
    """Delete a user with searches, alerts, messages, devices, sessions and second factor.

    Audit entries stay without user and address (the database sees to it). Raises
    accounts.staffing.LastAdmin.
    """
    with last_admin_stays():
        # First of all, as sending does: the user's alerts are deleted before the user.
        User.objects.select_for_update().filter(pk=user.pk).first()
        drop_sessions(user)
        record("user.erased", actor=actor, subject=user)
        OutboxMail.objects.of(user).delete()
        user.delete()
        transaction.on_commit(partial(user_erased.send, sender=None), robust=True)
