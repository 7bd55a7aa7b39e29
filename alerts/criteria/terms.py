"""What the rules of driving tests say of the slots in play, for SQL that can't count working days.

Each rule is monotone, so that for a day, a type of test and a slot's date it comes down to one day
to compare with: the earliest test that can still be changed, the earliest theory pass that counts,
the latest failure that lies far enough back. The same functions answer as on the pages; nothing is
kept, so a changed rule counts from the next statement on.
"""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts.bookings import DAY, FURTHEST, first_changeable
from accounts.models import Booking
from centers.models import Center, Rule
from centers.nations import ALL, Nation
from centers.rules import Rulebook
from centers.working_days import first_pass_for, last_failure_before

PRACTICAL = Booking.TestType.PRACTICAL
# Where most centres are.
ENGLISH = frozenset({Nation.ENGLAND})
# A booking of the slot's type whose day has not passed; joined to `search` and `slot`.
BOOKING_JOIN = """
    LEFT JOIN accounts_booking booking
      ON booking.user_id = search.user_id AND booking.test_type = slot.test_type
     AND booking.date < slot.today IS NOT TRUE"""


def with_terms(opened: str) -> str:
    """SQL: the slots of a relation that has `today`, and what the rules ask of who takes them.

    Null is what no rule asks. `changeable` are days by the booking's centre: that of "*" for those
    that are not named, of "" where the learner names none. From `surely_changeable` on it doesn't
    matter where the test is.
    """
    return f"""
    SELECT {opened}.*, term.*
      FROM {opened} CROSS JOIN LATERAL (
           SELECT (asked ->> 'changes')::integer AS most_changes,
                  asked -> 'changeable' AS changeable,
                  (asked ->> 'surely_changeable')::date AS surely_changeable,
                  (passes -> (asked ->> 'years') ->> {opened}.date::text)::date AS passed_since,
                  (failures -> (asked ->> 'wait') ->> {opened}.date::text)::date AS failed_until,
                  CASE WHEN asked ->> 'centers' IS NOT NULL THEN ARRAY (
                       SELECT near.center_id FROM centers_nearestcenter near
                        WHERE near.other_id = {opened}.center_id
                          AND near.rank <= (asked ->> 'centers')::integer) END AS near_to
             FROM (SELECT terms -> 'days' -> {opened}.today::text -> {opened}.test_type AS asked,
                          terms -> 'passes' AS passes, terms -> 'failures' AS failures
                     FROM (SELECT %(terms)s::jsonb AS terms) given) told
           ) term"""  # noqa: S608 - `opened` is named by our own statements


class Terms:
    """The rules of driving tests as they are now, and what they say of days and slots' dates.

    Centres are read once, and only where it matters in which nation a test is.
    """

    def __init__(self, rules: Rulebook) -> None:
        self._rules = rules
        self._asked: dict[date, dict[str, Any]] = {}

    @classmethod
    def read(cls) -> "Terms":
        """As the database has them."""
        return cls(Rulebook.read())

    def values(self, *, days: Collection[date], dates: Collection[date]) -> dict[str, Any]:
        """What a statement `with_terms` has to be given, for these London days and dates."""
        passes = {
            years: {each: first_pass_for(each, years=years) for each in dates}
            for years in self._numbers(Rule.Key.THEORY_PASS, days)
        }
        failures = {
            wait: {each: last_failure_before(each, wait=wait, nations=ALL) for each in dates}
            for wait in self._numbers(Rule.Key.RETAKE_WAIT, days)
        }
        asked = {day: self._of_day(day) for day in days}
        return {
            "terms": json.dumps(_said({"days": asked, "passes": passes, "failures": failures})),
            "latest_pass": max(_all_days(passes), default=None),
            "earliest_failure": min(_all_days(failures), default=None),
        }

    def values_since(self, since: datetime, *, today: date) -> dict[str, Any]:
        """The same for every day from a moment (aware) on, for every date a slot may be on."""
        first = timezone.localdate(since)
        days = max((today - first).days + 1, 0)
        dates = [first + DAY * n for n in range(days + FURTHEST.days)]
        return self.values(days=dates[:days], dates=dates)

    def _numbers(self, key: Rule.Key, days: Collection[date]) -> set[int]:
        found = (self._rules.number(key, day) for day in days)
        return {number for number in found if number is not None}

    def _of_day(self, day: date) -> dict[str, Any]:
        if day not in self._asked:
            self._asked[day] = self._ask(day)
        return self._asked[day]

    def _ask(self, day: date) -> dict[str, Any]:
        """By test type, the numbers of a day's rules, and which tests can be changed on it."""
        rules = self._rules
        asked: dict[str, dict[str, Any]] = {
            kind: self._changeable(first_changeable(kind, rules, day)) for kind in Booking.TestType
        }
        asked[PRACTICAL] |= {
            "changes": rules.number(Rule.Key.CHANGES, day),
            "centers": rules.number(Rule.Key.NEAREST_CENTERS, day),
            "years": rules.number(Rule.Key.THEORY_PASS, day),
            "wait": rules.number(Rule.Key.RETAKE_WAIT, day),
        }
        return asked

    def _changeable(self, first: Mapping[frozenset[Nation], date]) -> dict[str, Any]:
        """From which day of a test on it can be changed; by centre, where it makes a difference."""
        if not first:
            return {}
        usual = first[ENGLISH]
        by_center = {"": first[ALL], "*": usual}
        if len(set(first.values())) > 1:
            by_center |= {
                str(number): first[nations]
                for number, nations in self._nations.items()
                if first[nations] != usual
            }
        return {"changeable": by_center, "surely_changeable": max(first.values())}

    @cached_property
    def _nations(self) -> dict[int, frozenset[Nation]]:
        """Whose holidays count at each centre."""
        return {each.pk: each.nations for each in Center.objects.only("nation", "postcode")}


def _all_days(found: Mapping[int, Mapping[date, date]]) -> list[date]:
    return [day for each in found.values() for day in each.values()]


def _said(value: Any) -> Any:
    """With days and numbers as JSON's names and texts."""
    if isinstance(value, Mapping):
        return {str(key): _said(each) for key, each in value.items()}
    return value.isoformat() if isinstance(value, date) else value
