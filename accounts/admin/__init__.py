"""People, roles, bookings and saved searches in admin; no password is shown or set here."""

from accounts.admin.bookings import BookingAdmin
from accounts.admin.people import UserAdmin
from accounts.admin.roles import RoleAdmin
from accounts.admin.searches import SavedSearchAdmin

__all__ = ["BookingAdmin", "RoleAdmin", "SavedSearchAdmin", "UserAdmin"]
