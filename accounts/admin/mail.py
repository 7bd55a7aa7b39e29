"""Mail on its way, and addresses that take no more, in admin."""

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.mail.refused_addresses import lift_refusal
from accounts.models import MailRefusal, OutboxMail
from accounts.staffing import acting_user
from audit.large_lists import FoundByUserAdmin
from audit.recorded_admin import ReadOnlyAdmin

# Whom a person can have looked at, one by one.
MOST_LIFTED = 200


@admin.register(OutboxMail)
class OutboxMailAdmin(FoundByUserAdmin, ReadOnlyAdmin):
    """One mail to one address, without what it says: that may let its reader in."""

    list_display = (
        "id", "to", "kind", "state", "last_error", "fault", "attempts", "created_at", "accepted_at",
    )  # fmt: skip
    list_filter = ("state",)
    ordering = ("-id",)
    sortable_by = ("id",)
    exclude: ClassVar = ["subject", "text", "html", "headers", "token", "message_id"]


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
        return acting_user(request).has_perm("accounts.delete_mailrefusal")
