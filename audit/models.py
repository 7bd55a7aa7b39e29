"""The audit log and the settings that staff may change at run time."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class AuditLogQuerySet(models.QuerySet["AuditLog"]):
    """Entries, in the words of the domain."""

    def about(self, subject: models.Model) -> "AuditLogQuerySet":
        """What was done to one object, the newest first."""
        kind = subject._meta.label_lower
        return self.filter(subject_type=kind, subject_id=str(subject.pk)).order_by("-id")


class AuditLog(models.Model):
    """One thing someone did; written once, sealed into a hash chain, never changed."""

    id = models.AutoField(primary_key=True, db_column="log_id")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        # The database's own ON DELETE SET NULL (see the migration) is the one allowed erasure.
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,  # auditlogs_user begins with it
    )
    action = models.CharField(max_length=255)
    timestamp = models.DateTimeField(db_default=Now())
    details = models.TextField(null=True, blank=True)
    subject_type = models.CharField(max_length=100, null=True, blank=True)
    subject_id = models.CharField(max_length=100, null=True, blank=True)
    ip = models.GenericIPAddressField(null=True, blank=True)
    salt = models.UUIDField(
        null=True, blank=True, db_default=models.Func(function="gen_random_uuid")
    )
    # Of the address alone: its salt goes with it, and what it was hashed to stays.
    ip_salt = models.UUIDField(null=True, blank=True)
    ip_hash = models.CharField(max_length=64, null=True, blank=True)
    chain_no = models.BigIntegerField(null=True, blank=True, unique=True)
    actor_hash = models.CharField(max_length=64, null=True, blank=True)
    hash = models.CharField(max_length=64, null=True, blank=True)
    # The entry that bears witness to the erasure of this one's actor, by its number.
    erased_by = models.IntegerField(null=True, blank=True)

    objects = AuditLogQuerySet.as_manager()

    class Meta:
        db_table = "auditlogs"
        ordering: ClassVar = ["-id"]
        verbose_name = "entry of the audit log"
        verbose_name_plural = "audit log"
        indexes: ClassVar = [
            models.Index(fields=["timestamp"], name="auditlogs_timestamp"),
            models.Index(fields=["subject_type", "subject_id"], name="auditlogs_subject"),
            models.Index(
                fields=["timestamp"],
                name="auditlogs_addresses",
                condition=models.Q(ip__isnull=False),
            ),
            models.Index(
                fields=["chain_no"],
                name="auditlogs_signed_off",
                condition=models.Q(action="audit.pruned"),
            ),
            models.Index(fields=["action", "-id"], name="auditlogs_action"),
            models.Index(fields=["user", "-id"], name="auditlogs_user"),
        ]

    def __str__(self) -> str:
        return f"{self.action} at {self.timestamp:%Y-%m-%d %H:%M:%S}"


class SystemConfig(models.Model):
    """The stored value of one setting; `audit.config` knows its type, default and bounds."""

    id = models.AutoField(primary_key=True, db_column="config_id")
    key = models.CharField(max_length=255, unique=True)
    value = models.TextField(null=True, blank=True)

    class Meta:
        db_table = "systemconfig"
        ordering: ClassVar = ["key"]
        verbose_name = "setting"

    def __str__(self) -> str:
        return self.key
