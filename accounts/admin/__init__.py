"""People, roles, bookings, searches and mail in admin; no password and no code is shown here."""

from accounts.admin.bookings import BookingAdmin
from accounts.admin.mail import MailRefusalAdmin, OutboxMailAdmin
from accounts.admin.people import UserAdmin
from accounts.admin.roles import RoleAdmin
from accounts.admin.searches import SavedSearchAdmin

__all__ = [
    "BookingAdmin",
    "MailRefusalAdmin",
    "OutboxMailAdmin",
    "RoleAdmin",
    "SavedSearchAdmin",
    "UserAdmin",
]
