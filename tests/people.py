"""Learners for tests."""

from allauth.account.models import EmailAddress

from accounts.models import User

PASSWORD = "correct-horse-9"


def learner(email: str = "ada@example.org", **fields: object) -> User:
    """Somebody with a verified email who may be alerted."""
    user = User.objects.create_user(email, PASSWORD, **fields)
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
