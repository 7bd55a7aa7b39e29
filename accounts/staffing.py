"""Making and changing the people who run the service."""

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from accounts.models import Role, User
from audit.trail import record


def make_admin(*, email: str, password: str, actor: User | None) -> User:
    """Make an active admin whose e-mail counts as verified.

    Raises ValidationError when the password is too weak or the e-mail is no e-mail, and
    IntegrityError when somebody has that e-mail already.
    """
    validate_password(password)
    with transaction.atomic():
        role = Role.objects.get(role_name=Role.ADMIN)
        user = User.objects.create_user(email, password, role=role)
        EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
        record("user.admin_made", actor=actor, subject=user)
    return user


def acting_user(request: HttpRequest) -> User:
    """Whoever is signed in, for the writes that say by whom; PermissionDenied for nobody."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
