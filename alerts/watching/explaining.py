"""Why a user did or did not get an alert of an opening: each rule of matching with its answer.

The rules themselves are matching's own (`matching_sql`), asked one by one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from accounts.models import SavedSearch, User
from alerts.matching import match_sql
from alerts.models import Delivery, UserAlert
from audit.clock import database_now
from slots.models import SlotOpening

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ANY = "any"


@dataclass(frozen=True)
class Answer:
    """One rule, whether it holds, and the values that it looked at."""

    rule: str
    holds: bool
    values: str


@dataclass(frozen=True)
class SearchExplained:
    """One of the user's searches; `changed_since` when it was changed after matching looked."""

    search: SavedSearch
    answers: list[Answer]
    changed_since: bool

    @property
    def fits(self) -> bool:
        """Whether every rule holds."""
        return all(answer.holds for answer in self.answers)


@dataclass(frozen=True)
class Explanation:
    """All that decides whether a user is alerted of an opening, and what became of it."""

    user: User
    opening: SlotOpening
    general: list[Answer]
    searches: list[SearchExplained]
    alert: UserAlert | None
    deliveries: list[Delivery]

    @property
    def verdict(self) -> str:
        """What came of it, in a sentence."""
        if self.alert:
            reason = f": {self.alert.state_reason}" if self.alert.state_reason else ""
            return f"There is an alert, and it is {self.alert.state or 'not ours'}{reason}."
        failed = [answer.rule for answer in self.general if not answer.holds]
        if failed:
            return f"There is no alert, because this does not hold: {failed[0].lower()}."
        if any(each.fits for each in self.searches):
            return "There is no alert, although a search fits as everything stands now."
        return "There is no alert, because none of the searches fits."


def explain(*, user: User, opening: SlotOpening) -> Explanation:
    """Ask every rule, with the searches as they are now and the clock of matching.

    The opening comes with its slot and centre.
    """
    alert = UserAlert.objects.filter(user=user, opening=opening).first()
    message = alert.notification_id if alert else None
    return Explanation(
        user=user,
        opening=opening,
        general=[*_of_user(user), *_of_opening(opening)],
        searches=_of_searches(user, opening),
        alert=alert,
        deliveries=list(Delivery.objects.filter(notification=message).order_by("id")),
    )


def _of_user(user: User) -> list[Answer]:
    primary = EmailAddress.objects.filter(user=user, primary=True).first()
    verified = bool(primary and primary.verified)
    return [
        Answer("The account is active", user.is_active, _yes(user.is_active)),
        Answer("The e-mail address is verified", verified, _yes(verified)),
    ]


def _of_opening(opening: SlotOpening) -> list[Answer]:
    quiet = opening.quiet or ""
    matched = opening.matched_at is not None
    when = f"looked at {_moment(opening.matched_at)}" if opening.matched_at else "not looked at yet"
    return [
        Answer("The opening is one that is announced", not quiet, quiet or "announced"),
        Answer("Matching has looked at it while the slot was open", matched, when),
    ]


def _of_searches(user: User, opening: SlotOpening) -> list[SearchExplained]:
    searches = SavedSearch.objects.of(user).prefetch_related("centers").in_bulk()
    return [
        _explained(searches[row["preference_id"]], opening, row)
        for row in _ask(user, opening)
        if row["preference_id"] in searches
    ]


def _ask(user: User, opening: SlotOpening) -> list[dict[str, Any]]:
    now = opening.matched_at or database_now()
    values: dict[str, Any] = {"user": user.pk, "opening": opening.pk, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(match_sql.EXPLAIN, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _explained(search: SavedSearch, opening: SlotOpening, row: dict[str, Any]) -> SearchExplained:
    words = _words(search, opening, row)
    answers = [Answer(rule, bool(row["answers"][name]), values) for name, rule, values in words]
    return SearchExplained(search, answers, row["changed_since"])


def _words(
    search: SavedSearch, opening: SlotOpening, row: dict[str, Any]
) -> list[tuple[str, str, str]]:
    """Each rule's name in the statement, what it says, and what it looked at."""
    slot = opening.slot
    weekdays = [DAYS[number - 1] for number in search.weekdays or []]
    return [
        ("active", "The search is active", _yes(search.is_active)),
        ("not_paused", "It was not paused", f"paused until {_moment(search.paused_until)}"),
        (
            "saved_before",
            "It was saved before the slot opened",
            f"saved {_moment(search.created_at)}, opened {_moment(opening.recorded_at)}",
        ),
        ("center_open", "The test centre is in use", slot.center.name),
        ("reaches", "The centre is near enough, or one of those chosen", _place(search, row)),
        (
            "test_type",
            "The test type is wanted",
            f"{slot.test_type}; wanted: {_list(search.preferred_test_types)}",
        ),
        (
            "dates",
            "The date is in its window",
            f"{slot.date}; from {search.date_from or ANY} to {search.date_to or ANY}",
        ),
        (
            "weekdays",
            "The day of the week is wanted",
            f"{DAYS[row['weekday'] - 1]}; wanted: {_list(weekdays)}",
        ),
        (
            "times",
            "The time is in its window",
            f"{slot.time:%H:%M}; from {search.time_from or ANY} until {search.time_until or ANY}",
        ),
        ("earlier", "It is early enough before the present test", _earlier(search, slot.date)),
        (
            "notice",
            "It leaves enough notice",
            f"{(slot.date - row['today']).days} days; wanted: {search.min_notice_days or ANY}",
        ),
    ]


def _place(search: SavedSearch, row: dict[str, Any]) -> str:
    chosen = [center.name for center in search.centers.all()]
    if chosen:
        return f"chosen: {', '.join(chosen)}"
    if row["miles"] is None:
        return "the search or the centre has no place"
    return f"{row['miles']:.1f} miles; wanted: at most {search.notification_radius}"


def _earlier(search: SavedSearch, date: object) -> str:
    if search.current_test_date is None:
        return "no present test"
    days = max(search.min_days_earlier or 1, 1)
    return f"{date}; present test {search.current_test_date}, at least {days} days earlier"


def _list(values: list[str] | None) -> str:
    return ", ".join(values) if values else ANY


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _moment(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%-d %B %Y, %H:%M:%S}" if value else "never"
