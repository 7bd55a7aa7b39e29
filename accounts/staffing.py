"""Making and changing the people who run the service."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from allauth.account.forms import ResetPasswordForm
from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.http import HttpRequest

from accounts.addresses import check_address
from accounts.models import Role, User
from accounts.sessions import drop_sessions
from audit.trail import Actor, record

LAST_ADMIN = "users_last_admin_stays"


class LastAdmin(ValueError):
    """Somebody has to be able to look after the service; says the way out."""

    def __init__(self) -> None:
        super().__init__("This is the last active admin. Make somebody else an admin first.")


@contextmanager
def last_admin_stays() -> Iterator[None]:
    """A transaction in which the database's own refusal comes as LastAdmin."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, psycopg.Error) and cause.diag.constraint_name == LAST_ADMIN:
            raise LastAdmin from error
        raise


def make_admin(*, email: str, password: str, actor: User | None) -> User:
    """Make an active admin whose email counts as verified.

    Raises ValidationError when the password is too weak or the email is none, and
    IntegrityError when someone has that email already.
    """
    check_address(email.strip())
    validate_password(password)
    with transaction.atomic():
        role = Role.objects.get(role_name=Role.ADMIN)
        user = User.objects.create_user(email, password, role=role)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        record("user.admin_made", actor=actor, subject=user)
    return user


def change_role(*, user: User, role: Role | None, actor: Actor | None) -> bool:
    """Give a user another role, from their next request on; False when it is theirs already.

    Raises LastAdmin.
    """
    with last_admin_stays():
        before = _locked(user)
        if before.role == role:
            return False
        User.objects.filter(pk=user.pk).update(role=role)
        after = role.role_name if role else Role.USER
        record("user.role_changed", actor=actor, subject=user, role=[before.role_name, after])
    return True


def disable_user(*, user: User, actor: Actor | None) -> bool:
    """Stop a user's sessions, tokens and alerts at once; False when they are disabled already.

    Matching and sending ask for active users only, and so does each check of a token that the
    user has made. Raises LastAdmin.
    """
    with last_admin_stays():
        if not _locked(user).is_active:
            return False
        User.objects.filter(pk=user.pk).update(is_active=False)
        record("user.disabled", actor=actor, subject=user, sessions=drop_sessions(user))
    return True


@transaction.atomic
def enable_user(*, user: User, actor: Actor | None) -> bool:
    """Let a disabled user in again; False when they are active already."""
    if _locked(user).is_active:
        return False
    User.objects.filter(pk=user.pk).update(is_active=True)
    record("user.enabled", actor=actor, subject=user)
    return True


def send_reset(*, request: HttpRequest, user: User, actor: Actor | None) -> bool:
    """Mail a user the link with which they choose a new password; False for a disabled one."""
    form = ResetPasswordForm({"email": user.email})
    if not user.is_active or not form.is_valid():
        return False
    record("user.reset_sent", actor=actor, subject=user)
    form.save(request)
    return True


def acting_user(request: HttpRequest) -> User:
    """Whoever is signed in, for the writes that say by whom; PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def _locked(user: User) -> User:
    """The user as stored; who changes the same one at the same time waits."""
    return User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
