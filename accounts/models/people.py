"""Users, who sign in by email, and the roles that say what they may do."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now, Upper

from accounts.addresses import PLAIN_ADDRESS, check_address
from accounts.managers import UserManager
from audit.touch import touch_updated_at


class Role(models.Model):
    """A named set of Django permissions."""

    USER = "user"
    CENTER_MANAGER = "center_manager"
    AUDITOR = "auditor"
    ADMIN = "admin"

    id = models.AutoField(primary_key=True, db_column="role_id")
    role_name = models.CharField(max_length=255, unique=True)
    description = models.TextField(null=True, blank=True)
    permissions = models.ManyToManyField("auth.Permission", blank=True, related_name="roles")
    # Whose default was decided once: what an admin takes from a role is not given again.
    offered = models.ManyToManyField(
        "auth.Permission", blank=True, editable=False, related_name="+"
    )

    class Meta:
        db_table = "roles"
        ordering: ClassVar = ["role_name"]

    def __str__(self) -> str:
        return self.role_name


class User(AbstractBaseUser):
    """A person who signs in by email; what they may do is answered by their role alone.

    The table has one column that is no field, because only the database writes it:
    `email_verified`, whether the primary address is.
    """

    STAFF_ROLES = frozenset({Role.CENTER_MANAGER, Role.AUDITOR, Role.ADMIN})

    id = models.AutoField(primary_key=True, db_column="user_id")
    email = models.EmailField(max_length=255, unique=True, validators=[check_address])
    password = models.CharField(max_length=255, db_column="password_hash")
    first_name = models.CharField(max_length=255, null=True, blank=True)
    last_name = models.CharField(max_length=255, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now(), null=True)
    is_active = models.BooleanField(db_default=True)
    role = models.ForeignKey(
        Role, on_delete=models.PROTECT, null=True, blank=True, related_name="users"
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    theory_passed_on = models.DateField(null=True, blank=True)
    last_failed_on = models.DateField(null=True, blank=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = []

    objects = UserManager()

    class Meta:
        db_table = "users"
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="users_email_ignoring_case"),
            models.CheckConstraint(
                name="users_email_shape", condition=Q(email__iregex=r"^[^@]+@[^@]+\.[^@]+$")
            ),
            models.CheckConstraint(
                name="users_plain_email", condition=Q(email__regex=PLAIN_ADDRESS)
            ),
        ]
        indexes: ClassVar = [
            # Staff find people by a part of their address.
            GinIndex(OpClass(Upper("email"), name="gin_trgm_ops"), name="users_email_parts"),
            # Whose theory pass is too old for a slot, and who has failed too lately, are few.
            models.Index(
                fields=["theory_passed_on", "id"], name="users_theory_passed",
                condition=Q(theory_passed_on__isnull=False),
            ),
            models.Index(
                fields=["last_failed_on", "id"], name="users_last_failed",
                condition=Q(last_failed_on__isnull=False),
            ),
        ]  # fmt: skip
        triggers: ClassVar = [
            touch_updated_at(
                watch=[
                    "email", "first_name", "last_name", "is_active",
                    "role", "quiet_from", "quiet_until", "theory_passed_on", "last_failed_on",
                ]
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.email

    @property
    def role_name(self) -> str:
        """The role's name; no role counts as `user`."""
        return self.role.role_name if self.role else Role.USER

    @property
    def is_staff(self) -> bool:
        """Whether the admin site lets this person in at all."""
        return self.is_active and self.role_name in self.STAFF_ROLES

    @property
    def is_superuser(self) -> bool:
        """Nobody is above the roles: libraries that ask get a plain no."""
        return False

    @property
    def is_last_admin(self) -> bool:
        """Whether nobody else is an active admin while this person is."""
        is_admin = self.is_active and self.role_name == Role.ADMIN
        others = User.objects.filter(is_active=True, role__role_name=Role.ADMIN)
        return is_admin and not others.exclude(pk=self.pk).exists()

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether the role grants `app_label.codename`."""
        return self.is_active and perm in self.role_permissions

    def has_perms(self, perm_list: list[str], obj: Any = None) -> bool:
        """Whether the role grants them all."""
        return all(self.has_perm(perm, obj) for perm in perm_list)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the role grants anything in the app."""
        return self.is_active and any(
            perm.startswith(f"{app_label}.") for perm in self.role_permissions
        )

    @property
    def role_permissions(self) -> frozenset[str]:
        """`app_label.codename` of all that the role grants; read once per instance."""
        if not hasattr(self, "_role_permissions"):
            self._role_permissions = frozenset(self._read_role_permissions())
        return self._role_permissions

    def _read_role_permissions(self) -> list[str]:
        if self.role is None:
            return []
        rows = self.role.permissions.values_list("content_type__app_label", "codename")
        return [f"{app_label}.{codename}" for app_label, codename in rows]
