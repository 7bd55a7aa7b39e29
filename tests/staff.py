"""Staff who are signed in as the admin site wants it: with a second factor, a moment ago."""

import time
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.test import Client

from accounts.models import Role, User
from tests.people import PASSWORD

TOTP_SECRET = "JBSWY3DPEHPK3PXP"


def totp_code(secret: str, *, ahead: int = 0) -> str:
    """What an authenticator shows now; the one before, which is let in too, may soon not be.

    A code works once: the next is that of a clock which is a step `ahead`.
    """
    _, now, _ = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, now + ahead))


def make_staff(role_name: str = Role.ADMIN, *, second_factor: bool = True) -> User:
    """A person with one of the staff roles."""
    role = Role.objects.get(role_name=role_name)
    user = User.objects.create_user(f"{role_name}@example.org", "pw", role=role)
    if second_factor:
        TOTP.activate(user, TOTP_SECRET)
    return user


def verified_staff(role_name: str = Role.ADMIN, *, second_factor: bool = True) -> User:
    """Staff who can go through the sign-in page, with the password of all learners."""
    user = make_staff(role_name, second_factor=second_factor)
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


def signed_in(
    user: User,
    *,
    seconds_ago: float = 0,
    reauthenticated: bool = True,
    second_factor: bool = True,
    **options: Any,
) -> Client:
    """A client whose session began so many seconds ago, with the factor that the user has."""
    client = Client(**options)
    client.force_login(user)
    session = client.session
    at = time.time() - seconds_ago
    records = [{"method": "password", "at": at, "email": user.email}]
    factor = Authenticator.objects.filter(user=user, type="totp").first()
    if factor and second_factor:
        records.append({"method": "mfa", "at": at, "id": factor.pk, "type": factor.type})
    if reauthenticated:
        method = "mfa" if factor else "password"
        records.append({"method": method, "at": at, "reauthenticated": True})
    session["account_authentication_methods"] = records
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()
    return client
