"""People, roles, bookings, searches and refused addresses in admin; no password is shown here."""

from accounts.admin.bookings import BookingAdmin
from accounts.admin.mail import MailRefusalAdmin
from accounts.admin.people import UserAdmin
from accounts.admin.roles import RoleAdmin
from accounts.admin.searches import SavedSearchAdmin

__all__ = ["BookingAdmin", "MailRefusalAdmin", "RoleAdmin", "SavedSearchAdmin", "UserAdmin"]
