"""Whether the learner can take the slot, by what they say of their tests and by the rules.

What the learner doesn't say restricts nothing, nor does a rule that nobody entered; and a search
whose filter is off is asked nothing. The SQL asks `slot` for what `with_terms` adds to it, and
`booking` for what BOOKING_JOIN finds.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, ClassVar

from django import forms

from accounts.models import SavedSearch
from alerts.criteria.criterion import Booked, Criterion, Seen

OFF = "NOT search.only_bookable"
UNKNOWN = "not known"


class OfLearner(Criterion):
    """One thing that a learner's tests ask of a slot; the search says only whether to ask."""

    columns: ClassVar[tuple[str, ...]] = ()
    is_of_learner = True


class TheoryPass(OfLearner):
    """Not after the theory pass ends. The switch of all five is declared here."""

    name = "theory_pass"
    columns = ("only_bookable",)
    # What is the same for all slots of a statement comes first: by it an index finds the few.
    fits = """NOT EXISTS (
        SELECT FROM users learner
         WHERE learner.user_id = search.user_id AND search.only_bookable
           AND learner.theory_passed_on < %(latest_pass)s::date
           AND learner.theory_passed_on < slot.passed_since)"""
    rule = "The learner’s theory pass counts on that day"
    fields: ClassVar = {
        "unbookable": forms.BooleanField(
            label="Tell me even of tests that I can’t take", required=False,
            help_text="As long as this isn’t ticked, we leave out what the rules keep you from "
            "taking, as far as you have told us of your tests",
        )
    }  # fmt: skip

    def from_form(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Ticked is off: a link that says nothing has it on."""
        return {"only_bookable": not values["unbookable"]}

    def to_form(self, search: SavedSearch) -> dict[str, Any]:
        """Nothing where it is on, as everywhere until someone ticks it."""
        return {"unbookable": "" if search.only_bookable else "on"}

    def clause(self, search: SavedSearch, centers: Sequence[str], booked: Booked) -> str:
        """Only where it is off."""
        return "" if search.only_bookable else "even if you can’t take it"

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """The last day of the pass."""
        return f"{seen.slot.date}; the pass ends {_or_unknown(seen.learner.theory_ends)}"


class Retake(OfLearner):
    """Not within the wait after a failed test."""

    name = "retake"
    fits = """NOT EXISTS (
        SELECT FROM users learner
         WHERE learner.user_id = search.user_id AND search.only_bookable
           AND learner.last_failed_on > %(earliest_failure)s::date
           AND learner.last_failed_on > slot.failed_until)"""
    rule = "The wait after a failed test is over by then"

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """The first day of a next try."""
        return f"{seen.slot.date}; another try from {_or_unknown(seen.learner.retake_from)}"


class ChangesLeft(OfLearner):
    """The booked test can still be changed, as often as that may be."""

    name = "changes_left"
    fits = f"({OFF} OR (booking.changes_used >= slot.most_changes) IS NOT TRUE)"
    rule = "A change of the booked test is left"

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """How many are."""
        facts = seen.learner.facts(seen.slot.test_type)
        left = facts.changes_left if facts else None
        return f"changes left: {UNKNOWN if left is None else left}"


class LastDayToChange(OfLearner):
    """Today is not after the last day on which the booked test can be changed."""

    name = "last_day_to_change"
    fits = f"""(
        {OFF} OR (booking.date < slot.surely_changeable
        AND booking.date < COALESCE(slot.changeable ->> COALESCE(booking.center_id::text, ''),
                                    slot.changeable ->> '*')::date) IS NOT TRUE)"""
    rule = "The booked test can still be changed without losing the fee"

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """Until when it can."""
        facts = seen.learner.facts(seen.slot.test_type)
        return f"{seen.today}; its last day: {_or_unknown(facts.last_day if facts else None)}"


class AllowedCenter(OfLearner):
    """The booked test may be moved there, where that is known."""

    name = "allowed_center"
    fits = f"""(
        {OFF} OR slot.near_to IS NULL OR booking.center_id IS NULL
        OR slot.center_id IN (booking.center_id, booking.first_center_id)
        OR booking.center_id = ANY (slot.near_to)
        OR booking.center_id NOT IN (SELECT center_id FROM centers_nearestcenter))"""  # noqa: S608 - put together from constants
    rule = "The booked test may be moved to that centre"

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """To which it may be."""
        allowed = seen.learner.allowed_centers(seen.slot.test_type)
        names = "any" if allowed is None else ", ".join(sorted(each.name for each in allowed))
        return f"{seen.slot.center.name}; allowed: {names}"


def _or_unknown(day: date | None) -> str:
    return str(day) if day else UNKNOWN
