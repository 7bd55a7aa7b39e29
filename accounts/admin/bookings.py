"""What learners say of their tests, in admin, to answer their questions."""

from django.contrib import admin

from accounts.models import Booking
from audit.admin_filters import RecentChoices
from audit.large_lists import FoundByUserAdmin
from audit.recorded_admin import ReadOnlyAdmin


@admin.register(Booking)
class BookingAdmin(FoundByUserAdmin, ReadOnlyAdmin):
    """The test that someone has booked."""

    list_display = ("id", "user", "test_type", "date", "center", "changes_used")
    list_select_related = ("user", "center")
    linked_by = ("user",)
    list_filter = (("test_type", RecentChoices),)
    ordering = ("-id",)
    sortable_by = ("id",)
