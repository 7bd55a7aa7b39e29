"""Companions: people whom a learner has named to get the same alerts by email."""

import re
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from accounts.addresses import check_address
from accounts.models import User
from alerts.querysets import CompanionQuerySet

# Mail goes to an address that a stranger typed: nothing that reads as a link or a number.
# PostgreSQL reads it as Python does.
PLAIN_NAME = r"^[^0-9@:/.<>]{1,40}$"


def check_name(text: str) -> None:
    """Raise ValidationError for what is no plain name."""
    if not text.isprintable() or not re.search(PLAIN_NAME, text):
        raise ValidationError("Enter a name in letters alone, such as Ben")


class Companion(models.Model):
    """A parent or an instructor; mail goes to them from when they confirm until it has ended.

    `learner_name` is what they know the learner by. `place` numbers those that one learner has,
    from 1: at most MOST at once. All times are the database's.
    """

    class EndReason(models.TextChoices):
        TAKEN_BACK = "taken_back", "taken back by the learner"
        STOPPED = "stopped", "stopped by the companion"
        REFUSED = "refused", "the address refuses mail"

    MOST = 3

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="companions")
    place = models.SmallIntegerField()
    email = models.EmailField(max_length=255, validators=[check_address])
    learner_name = models.CharField(max_length=40, validators=[check_name])
    named_at = models.DateTimeField(db_default=Now())
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, choices=EndReason, null=True, blank=True)

    objects = CompanionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["user", "place"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="companion_learner_name", condition=Q(learner_name__regex=PLAIN_NAME)
            ),
            models.CheckConstraint(name="companion_place", condition=Q(place__range=(1, 3))),
            models.UniqueConstraint(
                fields=["user", "place"], name="companion_once_per_place",
                condition=Q(ended_at__isnull=True),
            ),
            models.UniqueConstraint(
                "user", Lower("email"), name="companion_once_per_address",
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="companion_end",
                condition=Q(ended_at__isnull=True, end_reason__isnull=True)
                | Q(ended_at__isnull=False, end_reason__in=["taken_back", "stopped", "refused"]),
            ),
        ]  # fmt: skip
        indexes: ClassVar = [
            # All learners who have named one person.
            models.Index(Lower("email"), name="companions_by_address"),
        ]

    def __str__(self) -> str:
        return f"companion {self.pk}"

    @property
    def is_live(self) -> bool:
        """Whether the learner's alerts go to them."""
        return self.confirmed_at is not None and self.ended_at is None
