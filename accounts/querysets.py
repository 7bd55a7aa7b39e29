"""Reading saved searches, bookings, and what is known of mail."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import DateField, Func, Q
from django.db.models.functions import Now
from django.db.models.lookups import LessThan

if TYPE_CHECKING:
    from accounts.models import (  # noqa: F401
        BareRefusal,
        Booking,
        Breaker,
        SavedSearch,
        User,
    )


class TellsUntil(Func):
    """The last day (Europe/London) on which a search may still tell of a slot, or null."""

    function = "search_tells_until"
    output_field = DateField()

    def __init__(self) -> None:
        super().__init__(
            "date_to", "current_test_date", "min_days_earlier", "weekdays", "min_notice_days",
            "excluded_dates",
        )  # fmt: skip


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

    def with_tells_until(self) -> "SavedSearchQuerySet":
        """Adds `tells_until`, the last day on which each may still tell of a slot, or None."""
        return self.annotate(tells_until=TellsUntil())

    def passed_on(self, today: date) -> "SavedSearchQuerySet":
        """Searches whose windows have all passed on a day (Europe/London)."""
        dated = Q(date_to__isnull=False) | Q(current_test_date__isnull=False)
        return self.filter(dated, LessThan(TellsUntil(), today)).with_tells_until()


class BookingQuerySet(models.QuerySet["Booking"]):
    """Bookings, in the words of the domain."""

    def of(self, user: "User") -> "BookingQuerySet":
        """One learner's own, with their centres."""
        return self.of_users([user.pk])

    def of_users(self, ids: Iterable[int]) -> "BookingQuerySet":
        """Those of several learners, with their centres."""
        return self.filter(user__in=list(ids)).select_related("center", "first_center")


class BreakerQuerySet(models.QuerySet["Breaker"]):
    """Breakers, in the words of the domain."""

    def open_now(self) -> "BreakerQuerySet":
        """Providers through which nothing is sent at the moment, by the database's clock."""
        return self.filter(open_until__gt=Now())


class BareRefusalQuerySet(models.QuerySet["BareRefusal"]):
    """Refusals that don't say whose fault they are, in the words of the domain."""

    def against(self, user: "User") -> "BareRefusalQuerySet":
        """Days that speak against a user's present address, which has taken no mail since."""
        counting = self.filter(user=user, address__iexact=user.email, while_others_went=True)
        for taken_since in TAKEN_SINCE:
            taken = taken_since(self.model.objects.filter(user=user))
            counting = counting.exclude(pk__in=taken.values("pk"))
        return counting


# Each app that sends mail adds one: those of the refusals after which it was accepted.
TAKEN_SINCE: list[Callable[[BareRefusalQuerySet], BareRefusalQuerySet]] = []
