"""Webhooks in admin: whose, at which host, and how they fare; never where on it, nor the secret."""

from typing import ClassVar

from django.contrib import admin

from alerts.models import Webhook
from audit.large_lists import FoundByUserAdmin
from audit.recorded_admin import ReadOnlyAdmin


@admin.register(Webhook)
class WebhookAdmin(FoundByUserAdmin, ReadOnlyAdmin):
    """An address often is a secret itself, so only its host is shown."""

    list_display = (
        "id", "user", "host", "created_at", "failures", "failing_since", "ended_at", "end_reason",
    )  # fmt: skip
    list_filter = ("end_reason",)
    list_select_related = ("user",)
    ordering = ("-id",)
    sortable_by = ("id",)
    user_field = "user"
    exclude: ClassVar = ["url", "secret"]
