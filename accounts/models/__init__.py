"""The people, their roles and their saved searches."""

from accounts.models.people import Role, User
from accounts.models.searches import SavedSearch, SearchCenter

__all__ = ["Role", "SavedSearch", "SearchCenter", "User"]
