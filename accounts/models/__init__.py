"""The people, their roles and their saved searches, what staff are told, and what is counted."""

from accounts.models.alarms import StaffAlarm
from accounts.models.people import Role, User
from accounts.models.searches import SavedSearch, SearchCenter
from accounts.models.windows import RequestWindow, TryWindow, Window

__all__ = [
    "RequestWindow",
    "Role",
    "SavedSearch",
    "SearchCenter",
    "StaffAlarm",
    "TryWindow",
    "User",
    "Window",
]
