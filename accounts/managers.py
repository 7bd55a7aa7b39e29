"""Making and finding users."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager

from accounts.addresses import check_plain, is_plain

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import User


class UserManager(BaseUserManager["User"]):
    """Users by email; emails are compared ignoring case and stored in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Make a user who may sign in.

        Raises ValidationError for what no address can be, IntegrityError when it is taken.
        """
        check_plain(email.strip())
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by email, ignoring case; raises DoesNotExist."""
        return self.with_address(username or "").get()

    def with_address(self, address: str) -> "QuerySet[User]":
        """The one who has an email address, ignoring case, or nobody.

        The database folds more letters into ASCII ones than case: nobody has such an address.
        """
        plain = address.strip()
        return self.filter(email__iexact=plain) if is_plain(plain) else self.none()
