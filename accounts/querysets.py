"""Reading saved searches."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from accounts.models import SavedSearch, User  # noqa: F401


class SavedSearchQuerySet(models.QuerySet["SavedSearch"]):
    """Saved searches, in the words of the domain."""

    def of(self, user: "User") -> "SavedSearchQuerySet":
        """One learner's own searches."""
        return self.filter(user=user)

    def looking(self, now: datetime) -> "SavedSearchQuerySet":
        """Searches that are active and not paused at `now` (aware)."""
        return self.filter(is_active=True).filter(
            Q(paused_until__isnull=True) | Q(paused_until__lte=now)
        )
