"""Messages on their way, in admin: which arrived, which failed and why."""

from typing import ClassVar

from django.contrib import admin
from django.utils.safestring import SafeString

from accounts.models import Breaker, User
from alerts.models import Delivery
from audit.admin_links import list_link
from audit.large_lists import FoundByUserAdmin
from audit.recorded_admin import ReadOnlyAdmin

# Whom a person can have looked at, one by one.
MOST_LIFTED = 200


@admin.register(Delivery)
class DeliveryAdmin(FoundByUserAdmin, ReadOnlyAdmin):
    """One message to one target, without the message."""

    list_display = (
        "id", "learner", "channel", "provider", "state", "reason", "fault", "attempts",
        "created_at", "accepted_at",
    )  # fmt: skip
    list_filter = ("state", "channel")
    list_select_related = ("notification__user",)
    ordering = ("-id",)
    sortable_by = ("id",)
    user_field = "notification__user"
    exclude: ClassVar = ["subscription", "lease_token", "message_id", "counted"]

    @admin.display(description="learner")
    def learner(self, delivery: Delivery) -> User:
        """Whom it is for."""
        return delivery.notification.user


@admin.register(Breaker)
class BreakerAdmin(ReadOnlyAdmin):
    """Providers that fail, through which nothing is sent for a while."""

    list_display = ("provider", "failures", "open_until", "last_error", "messages")

    @admin.display(description="messages")
    def messages(self, breaker: Breaker) -> SafeString:
        """What is to be tried again."""
        return list_link("alerts.delivery", "to be tried again", state__exact="retry")
