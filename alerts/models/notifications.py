"""Notifications: one message for all of a user's alerts of one window."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import SavedSearch
from alerts.querysets import NotificationQuerySet


class Notification(models.Model):
    """One message to one user by one method, for all alerts of its window.

    `due_at` is the first alert's creation plus the coalescing window, or the end of the gap after
    the message before it; where that moment lies in the user's quiet hours, their end.
    """

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    method = models.CharField(max_length=50, choices=SavedSearch.Method)
    created_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()
    is_last_today = models.BooleanField(
        db_default=False, help_text="as many were sent that day as are allowed"
    )
    also_email = models.BooleanField(
        db_default=False, help_text="a push that goes by email as well, whether it arrives or not"
    )

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                name="notification_method", condition=Q(method__in=["email", "push"])
            ),
        ]
        indexes: ClassVar = [
            # The daily limit counts a user's notifications of a day.
            models.Index(fields=["user", "created_at"], name="notifications_of_a_day"),
        ]

    def __str__(self) -> str:
        return f"notification {self.pk}"
