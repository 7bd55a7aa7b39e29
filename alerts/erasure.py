"""Erasing a learner: all that is stored about them goes, but the anonymous part of the log."""

import psycopg
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import IntegrityError, transaction

from accounts.models import User
from audit.trail import record

LAST_ADMIN = "users_last_admin_stays"


class LastAdmin(ValueError):
    """Somebody has to be able to look after the service; says the way out."""

    def __init__(self) -> None:
        super().__init__(
            "You are the last active admin. Make somebody else an admin first, then erase yourself."
        )


def erase_user(*, user: User, actor: User | None) -> None:
    """Delete a user with searches, alerts, messages, devices, sessions and second factor.

    Audit entries stay without user and address (the database sees to it). Raises LastAdmin.
    """
    try:
        with transaction.atomic():
            # First of all, as sending does: the user's alerts are deleted before the user.
            User.objects.select_for_update().filter(pk=user.pk).first()
            keys = UserSession.objects.filter(user=user).values("session_key")
            Session.objects.filter(session_key__in=keys).delete()
            record("user.erased", actor=actor, subject=user)
            user.delete()
    except IntegrityError as error:
        if _is_last_admin(error):
            raise LastAdmin from error
        raise


def _is_last_admin(error: IntegrityError) -> bool:
    """Whether the database's own rule has refused."""
    cause = error.__cause__
    return isinstance(cause, psycopg.Error) and cause.diag.constraint_name == LAST_ADMIN
