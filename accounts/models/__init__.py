"""The people, their roles and their saved searches, and what staff are told."""

from accounts.models.alarms import StaffAlarm
from accounts.models.people import Role, User
from accounts.models.searches import SavedSearch, SearchCenter

__all__ = ["Role", "SavedSearch", "SearchCenter", "StaffAlarm", "User"]
