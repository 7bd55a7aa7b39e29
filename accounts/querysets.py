"""Reading saved searches, bookings, and what is known of mail."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Case, DateField, Expression, F, Func, OuterRef, Q, Subquery, When
from django.db.models.functions import Greatest, Now
from django.db.models.lookups import LessThan

if TYPE_CHECKING:
    from accounts.models import (  # noqa: F401
        BareRefusal,
        Booking,
        Breaker,
        OutboxMail,
        SavedSearch,
        User,
    )


class TellsUntil(Func):
    """The last day (Europe/London) on which a search may still tell of a slot, or null.

    `test_day` is that of the test which slots have to come before.
    """

    function = "search_tells_until"
    output_field = DateField()

    def __init__(self, test_day: Expression | F) -> None:
        super().__init__(
            "date_to", test_day, "min_days_earlier", "weekdays", "min_notice_days",
            "excluded_dates",
        )  # fmt: skip


def latest_test_day(kinds: Iterable[str], today: date) -> Case:
    """The day that a search was told, or a later one of a booking that is still to come.

    As matching has it, a booking of the slot's type counts instead of what the search was told.
    `kinds` are all types of test.
    """
    booked = [_booked_day(kind, today) for kind in kinds]
    told = Q(current_test_date__isnull=False)
    return Case(When(told, then=Greatest("current_test_date", *booked)), output_field=DateField())


def _booked_day(kind: str, today: date) -> Case:
    """Of a search that wants such tests; null for any other, and where nothing is booked."""
    bookings = apps.get_model("accounts", "Booking").objects.filter(
        user=OuterRef("user"), test_type=kind, date__gte=today
    )
    wants_all = Q(preferred_test_types__isnull=True) | Q(preferred_test_types=[])
    wanted = wants_all | Q(preferred_test_types__contains=[kind])
    return Case(When(wanted, then=Subquery(bookings.values("date"))))


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

    def with_tells_until(self, today: date) -> "SavedSearchQuerySet":
        """Adds `tells_until`, the last day on which each may still tell of a slot, or None.

        By what is booked on `today` (Europe/London).
        """
        return self.annotate(tells_until=TellsUntil(self._latest_test_day(today)))

    def passed_on(self, today: date) -> "SavedSearchQuerySet":
        """Searches whose windows have all passed on a day (Europe/London)."""
        dated = Q(date_to__isnull=False) | Q(current_test_date__isnull=False)
        # Bookings are looked up for those alone that end without them.
        tests = (F("current_test_date"), self._latest_test_day(today))
        ends = [LessThan(TellsUntil(test_day), today) for test_day in tests]
        return self.filter(dated, *ends).with_tells_until(today)

    def _latest_test_day(self, today: date) -> Case:
        return latest_test_day(self.model.TestType.values, today)


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


class OutboxMailQuerySet(models.QuerySet["OutboxMail"]):
    """Mails on their way, in the words of the domain; every time is the database's."""

    def of(self, user: "User") -> "OutboxMailQuerySet":
        """One person's, and those to their address that were nobody's when they were written."""
        return self.filter(Q(user=user) | Q(to__iexact=user.email)).order_by("pk")

    def live(self) -> "OutboxMailQuerySet":
        """Those that may still be sent."""
        return self.filter(state__in=self.model.LIVE)

    def due(self) -> "OutboxMailQuerySet":
        """Those that may be taken up now, first those that someone waits for."""
        due = self.live().filter(next_attempt_at__lte=Now(), expires_at__gt=Now())
        return due.order_by("-is_awaited", "next_attempt_at")

    def outlived(self) -> "OutboxMailQuerySet":
        """Those that are of no use any more, and in nobody's hands."""
        free = Q(state="pending") | Q(next_attempt_at__lte=Now())
        return self.live().filter(free, expires_at__lte=Now())

    def waiting(self) -> "OutboxMailQuerySet":
        """Those that no server has accepted yet, though nothing is wrong with their address.

        Each with `waiting_since`.
        """
        may_go = Q(not_before=None) | Q(not_before__lte=Now())
        return (
            self.live().filter(may_go).exclude(fault="mailbox")
            .annotate(waiting_since=Greatest("created_at", "not_before"))
        )  # fmt: skip

    def undelivered(self, within: timedelta) -> "OutboxMailQuerySet":
        """Those written so lately that never left, though nothing is wrong with their address."""
        ended = self.filter(state__in=["expired", "failed"], created_at__gt=Now() - within)
        return ended.exclude(fault__in=["address", "mailbox"])

    def ended_before(self, age: timedelta) -> "OutboxMailQuerySet":
        """Those that ended, and were written so long ago."""
        return self.filter(created_at__lt=Now() - age).exclude(state__in=self.model.LIVE)

    def troubled(self, address: str, within: timedelta) -> "OutboxMailQuerySet":
        """The last awaited mail to an address that a server was asked to take, if it did not."""
        asked = Q(last_error__isnull=False) | Q(state="accepted")
        mails = self.filter(asked, to=address, is_awaited=True, created_at__gt=Now() - within)
        return self.filter(pk__in=mails.order_by("-pk").values("pk")[:1]).exclude(state="accepted")


def mails_taken_since(refusals: BareRefusalQuerySet) -> BareRefusalQuerySet:
    """Those of the refusals after which the address's mail server accepted one of these."""
    return refusals.filter(
        user__outbox_mails__to=F("address"), user__outbox_mails__accepted_at__gt=F("refused_at")
    )


# Of each app that sends mail: those of the refusals after which it was accepted.
TAKEN_SINCE: list[Callable[[BareRefusalQuerySet], BareRefusalQuerySet]] = [mails_taken_since]
