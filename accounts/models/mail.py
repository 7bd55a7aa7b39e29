"""Mail in general: providers that fail, and addresses that take no more.

The tables keep the names that they had when they were the alerts' own.
"""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from accounts.querysets import BareRefusalQuerySet, BreakerQuerySet


class Breaker(models.Model):
    """One provider's failures in a row; with `open_until` set, nothing is sent before then."""

    provider = models.CharField(max_length=255, primary_key=True)
    failures = models.IntegerField(db_default=0)
    open_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=500, null=True, blank=True)
    updated_at = models.DateTimeField(db_default=Now())

    objects = BreakerQuerySet.as_manager()

    class Meta:
        db_table = "alerts_breaker"
        ordering: ClassVar = ["provider"]
        verbose_name = "failing provider"

    def __str__(self) -> str:
        return self.provider


class MailRefusal(models.Model):
    """An address that its mail server refuses for good; a changed address is not refused.

    It is lifted by the learner, who types a code that was mailed there, by staff, or by change.
    """

    user = models.OneToOneField(
        "accounts.User", on_delete=models.CASCADE, related_name="mail_refusal"
    )
    address = models.CharField(max_length=255)
    reason = models.CharField(max_length=500)
    refused_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "alerts_mailrefusal"

    def __str__(self) -> str:
        return f"refusal of user {self.user_id}'s address"


class BareRefusal(models.Model):
    """A day (Europe/London) on which an address was refused without a word about whose fault it is.

    `while_others_went` says that the same server took mail for others soon after.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        "accounts.User", on_delete=models.CASCADE, related_name="bare_refusals"
    )
    address = models.CharField(max_length=255)
    day = models.DateField()
    reason = models.CharField(max_length=500)
    refused_at = models.DateTimeField(db_default=Now(), help_text="the last time on that day")
    while_others_went = models.BooleanField(db_default=False)

    objects = BareRefusalQuerySet.as_manager()

    class Meta:
        db_table = "alerts_barerefusal"
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "address", "day"], name="bare_refusal_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"bare refusal of user {self.user_id}'s address"
