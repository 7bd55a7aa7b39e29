"""Messages on their way, in admin: which arrived, which failed and why."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from accounts.models import User
from accounts.staffing import acting_user
from alerts.delivery.refusals import lift_refusal
from alerts.models import Breaker, Delivery, MailRefusal
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


@admin.register(MailRefusal)
class MailRefusalAdmin(FoundByUserAdmin, ReadOnlyAdmin):
    """Addresses to which no mail goes any more, and letting it go again."""

    list_display = ("user", "address", "reason", "refused_at")
    list_select_related = ("user",)
    ordering = ("-id",)
    sortable_by = ("id",)
    actions = ("lift",)

    @admin.action(description="Let mail go there again", permissions=["lift"])
    def lift(self, request: HttpRequest, queryset: QuerySet[MailRefusal]) -> None:
        """As if none had been refused; the next refusal marks the address again."""
        for refusal in self.chosen(request, queryset, most=MOST_LIFTED, what="addresses"):
            lift_refusal(user=refusal.user, actor=acting_user(request))
            self.message_user(request, f"Mail goes to {refusal.address} again.")

    def has_lift_permission(self, request: HttpRequest) -> bool:
        """Who may remove a mark."""
        return acting_user(request).has_perm("alerts.delete_mailrefusal")


@admin.register(Breaker)
class BreakerAdmin(ReadOnlyAdmin):
    """Providers that fail, through which nothing is sent for a while."""

    list_display = ("provider", "failures", "open_until", "last_error", "messages")

    @admin.display(description="messages")
    def messages(self, breaker: Breaker) -> SafeString:
        """What is to be tried again."""
        return list_link("alerts.delivery", "to be tried again", state__exact="retry")
