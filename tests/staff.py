"""Staff who are signed in as the admin site wants it: with a second factor, a moment ago."""

import time
from typing import Any

from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from accounts.models import Role, User


def totp_code(secret: str) -> str:
    """What an authenticator shows now; the one before, which is let in too, may soon not be."""
    _, now, _ = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, now))


def make_staff(role_name: str = Role.ADMIN, *, second_factor: bool = True) -> User:
    """A person with one of the staff roles."""
    role = Role.objects.get(role_name=role_name)
    user = User.objects.create_user(f"{role_name}@example.org", "pw", role=role)
    if second_factor:
        TOTP.activate(user, "JBSWY3DPEHPK3PXP")
    return user


def signed_in(
    user: User, *, seconds_ago: float = 0, reauthenticated: bool = True, **options: Any
) -> Client:
    """A client whose session began so many seconds ago."""
    client = Client(**options)
    client.force_login(user)
    session = client.session
    at = time.time() - seconds_ago
    records = [{"method": "password", "at": at, "email": user.email}]
    if reauthenticated:
        records.append({"method": "password", "at": at, "reauthenticated": True})
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
