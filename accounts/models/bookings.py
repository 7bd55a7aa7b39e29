"""What learners say of the tests that they have booked."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models.people import User
from accounts.models.searches import SavedSearch
from accounts.querysets import BookingQuerySet
from audit.touch import touch_updated_at
from centers.models import Center


class Booking(models.Model):
    """A test that a learner has booked; null is what they didn't say, and restricts nothing.

    `first_center` is where they booked it first, if it was moved since. No reference number, ever.
    """

    TestType = SavedSearch.TestType

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="bookings")
    test_type = models.CharField(max_length=50, choices=TestType)
    date = models.DateField(null=True, blank=True)
    time = models.TimeField(null=True, blank=True)
    center = models.ForeignKey(
        Center, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    first_center = models.ForeignKey(
        Center, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    changes_used = models.PositiveSmallIntegerField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["test_type"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "test_type"], name="booking_once"),
            models.CheckConstraint(
                name="booking_test_type", condition=Q(test_type__in=["practical", "theory"])
            ),
        ]
        triggers: ClassVar = [
            touch_updated_at(
                watch=["test_type", "date", "time", "center", "first_center", "changes_used"]
            )
        ]

    def __str__(self) -> str:
        return f"{self.test_type} test of user {self.user_id}"

    @property
    def needs_theory_pass(self) -> bool:
        """Whether the test has to be taken while the theory pass counts."""
        return self.test_type == self.TestType.PRACTICAL
