"""DVSA's lists of nearest centres in admin."""

from django.contrib import admin

from audit.recorded_admin import RecordedAdmin
from centers.models import NearestCenter


@admin.register(NearestCenter)
class NearestCenterAdmin(RecordedAdmin):
    """Corrected one by one; whole lists come by `import_nearest_centers`."""

    list_display = ("center", "rank", "other")
    list_select_related = ("center", "other")
    search_fields = ("center__name", "center__code")
    search_help_text = "Name or number of the centre whose list it is"
    autocomplete_fields = ("center", "other")
    fields = ("center", "rank", "other")
