"""Where somebody is signed in, read with as many queries for ten sessions as for one."""

from typing import Any

from allauth.core.internal.httpkit import authenticated_user
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.db.models.functions import Now
from django.utils.crypto import constant_time_compare
from django.views.generic.edit import FormView


class SessionListView(ListUserSessionsView):
    """allauth's page, whose own list asks three times for each session."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Besides the form, the sessions that still let somebody in, oldest first."""
        sessions = live_sessions(authenticated_user(self.request))
        shown = {"sessions": sessions, "session_count": len(sessions)}
        return FormView.get_context_data(self, **kwargs) | shown


def live_sessions(user: AbstractBaseUser) -> list[UserSession]:
    """A user's sessions that have neither ended nor outlived a change of password."""
    known = list(UserSession.objects.filter(user_id=user.pk).order_by("created_at"))
    keys = [session.session_key for session in known]
    stored = Session.objects.filter(session_key__in=keys, expire_date__gt=Now())
    live = {session.session_key for session in stored if _lets_in(session, user)}
    return [session for session in known if session.session_key in live]


def _lets_in(session: Session, user: AbstractBaseUser) -> bool:
    """By SECRET_KEY or one of before, which count until its next request."""
    proof = session.get_decoded().get(HASH_SESSION_KEY, "")
    hashes = (user.get_session_auth_hash(), *user.get_session_auth_fallback_hash())
    return any(constant_time_compare(proof, each) for each in hashes)
