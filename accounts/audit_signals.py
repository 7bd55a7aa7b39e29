"""Writing down who signed in and who changed how they do: never an address, password or code."""

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import Signal
from django.http import HttpRequest

from accounts.models import User
from audit.trail import record

# "{}" is a passkey or a second factor.
BY_USER: dict[Signal, str] = {
    account.user_signed_up: "user.signed_up",
    account.password_set: "user.password_changed",
    account.password_changed: "user.password_changed",
    account.password_reset: "user.password_reset",
    account.email_changed: "user.email_changed",
    mfa.authenticator_added: "user.{}_added",
    mfa.authenticator_removed: "user.{}_removed",
    mfa.authenticator_reset: "user.second_factor_renewed",
    mfa.authentication_failed: "user.second_factor_failed",
}


def connect() -> None:
    """Listen to allauth and Django."""
    for signal in BY_USER:
        signal.connect(_record_by_user, dispatch_uid="audit")
    account.user_logged_in.connect(_record_signed_in, dispatch_uid="audit")
    account.email_confirmed.connect(_record_confirmed, dispatch_uid="audit")
    user_logged_out.connect(_record_signed_out, dispatch_uid="audit")
    user_login_failed.connect(_record_failed, dispatch_uid="audit")


def _record_by_user(signal: Signal, user: User, **kwargs: Any) -> None:
    authenticator = kwargs.get("authenticator")
    details = {"type": authenticator.type} if authenticator else {}
    what = "passkey" if details.get("type") == Authenticator.Type.WEBAUTHN else "second_factor"
    record(BY_USER[signal].format(what), actor=user, subject=user, **details)


def _record_signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    """By what they did: "password", "code" (mailed), "totp", "recovery_codes", "webauthn" …"""
    given = get_authentication_records(request, user)
    by = [each.get("type") or each["method"] for each in given]
    record("user.signed_in", actor=user, subject=user, by=by)


def _record_confirmed(email_address: Any, **kwargs: Any) -> None:
    record("user.email_confirmed", actor=email_address.user, subject=email_address.user)


def _record_signed_out(user: User | None, **kwargs: Any) -> None:
    """Whoever has just been erased leaves no such trace."""
    if user is not None and user.pk is not None:
        record("user.signed_out", actor=user, subject=user)


def _record_failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    """The account that was tried is the subject, where there is one; who tried is unknown."""
    email = credentials.get("email") or credentials.get("username") or ""
    tried = User.objects.with_address(email).first()
    record("user.sign_in_failed", actor=None, subject=tried)
