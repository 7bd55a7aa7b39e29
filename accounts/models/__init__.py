"""People, their roles, bookings and searches, mail, what staff are told, and what is counted."""

from accounts.models.alarms import StaffAlarm
from accounts.models.bookings import Booking
from accounts.models.mail import BareRefusal, Breaker, MailRefusal
from accounts.models.outbox import OutboxMail
from accounts.models.people import Role, User
from accounts.models.searches import SavedSearch, SearchCenter
from accounts.models.windows import RequestWindow, TryWindow, Window

__all__ = [
    "BareRefusal",
    "Booking",
    "Breaker",
    "MailRefusal",
    "OutboxMail",
    "RequestWindow",
    "Role",
    "SavedSearch",
    "SearchCenter",
    "StaffAlarm",
    "TryWindow",
    "User",
    "Window",
]
