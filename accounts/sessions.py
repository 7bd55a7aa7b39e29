"""Knowing a person's sessions, ending them, and giving one another key."""

from collections.abc import Callable
from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from accounts.models import User
from audit.trail import Actor, record


class KnownSessionsMiddleware:
    """Keeps allauth's list of sessions true where one goes on by another key.

    Django gives it another at its first request after SECRET_KEY was changed; a session that is not
    listed could be ended by nobody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        before = request.session.session_key
        if before and request.user.is_authenticated:  # asking may have changed the key
            _list_by(request.session.session_key, before=before)
        return self.get_response(request)


def _list_by(key: str | None, *, before: str | None) -> None:
    if key != before:
        UserSession.objects.filter(session_key=before).update(session_key=key)


def drop_sessions(user: User) -> int:
    """Sign a user out wherever they are signed in; how many sessions that were."""
    kept = UserSession.objects.filter(user=user)
    dropped, _ = Session.objects.filter(session_key__in=kept.values("session_key")).delete()
    kept.delete()
    return dropped


def drop_other_sessions(request: HttpRequest) -> int:
    """Sign the person who asks out everywhere but here; how many sessions that were."""
    here = request.session.session_key
    others = UserSession.objects.filter(user=request.user.pk).exclude(session_key=here)
    keys = others.values("session_key")
    dropped, _ = Session.objects.filter(session_key__in=keys).delete()
    others.delete()
    return dropped


@transaction.atomic
def end_sessions(*, user: User, actor: Actor | None) -> int:
    """Sign a user out everywhere, on staff's word; how many sessions ended."""
    ended = drop_sessions(user)
    record("user.sessions_ended", actor=actor, subject=user, sessions=ended)
    return ended


def connect() -> None:
    """Listen for people who prove again who they are."""
    authentication_step_completed.connect(_renew_key, dispatch_uid="sessions")


def _renew_key(request: HttpRequest, reauthenticated: bool = False, **_: Any) -> None:
    """Who knew the session's key before does not share what it may do from now on.

    OWASP ASVS 5.0.0, 7.2.4; signing in makes another key by itself.
    """
    if not reauthenticated:
        return
    before = request.session.session_key
    request.session.cycle_key()
    _list_by(request.session.session_key, before=before)
