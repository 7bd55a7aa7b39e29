"""Learners' saved searches in admin, to answer their questions."""

from typing import ClassVar

from django.contrib import admin

from accounts.models import SavedSearch
from audit.admin_filters import RecentlyTrueOrNot
from audit.large_lists import FoundByUserAdmin
from audit.recorded_admin import ReadOnlyAdmin


@admin.register(SavedSearch)
class SavedSearchAdmin(FoundByUserAdmin, ReadOnlyAdmin):
    """Where, how far and how somebody wants to be told."""

    list_display = ("id", "user", "postcode", "notification_radius", "is_active", "paused_until")
    list_select_related = ("user",)
    linked_by = ("user",)
    list_filter = ("notification_method", ("is_active", RecentlyTrueOrNot))
    ordering = ("-id",)
    sortable_by = ("id",)
    exclude: ClassVar = ["location"]
