"""People, their roles, bookings and saved searches, what staff are told, and what is counted."""

from accounts.models.alarms import StaffAlarm
from accounts.models.bookings import Booking
from accounts.models.people import Role, User
from accounts.models.searches import SavedSearch, SearchCenter
from accounts.models.windows import RequestWindow, TryWindow, Window

__all__ = [
    "Booking",
    "RequestWindow",
    "Role",
    "SavedSearch",
    "SearchCenter",
    "StaffAlarm",
    "TryWindow",
    "User",
    "Window",
]
