"""Saved searches and alerts in a learner's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.learners import Learner
from accounts.models import SavedSearch
from alerts.criteria import CRITERIA, PLACE, TEST_TYPE
from slots.wording import clock

METHODS = {
    SavedSearch.Method.EMAIL: "We email you",
    SavedSearch.Method.PUSH: "We send a notification to your devices",
}
BESIDE = " and email you"


@dataclass(frozen=True)
class Promise:
    """What a search alerts about: one sentence, or a `lead` and its clauses as a list.

    `daily` says when in the day a summary comes; "" where each slot is told of at once.
    """

    how: str
    what: str
    clauses: Sequence[str]
    daily: str

    @property
    def sentence(self) -> str:
        """All of it at once, as a mail says it."""
        which = ", ".join(self.clauses)
        if not self.daily:
            return f"{self.how} the moment {self.what} opens {which}."
        return f"{self.how} {self.daily}, if {self.what} has opened {which} and is still open."

    @property
    def lead(self) -> str:
        """The start of the list."""
        if not self.daily:
            return f"{self.how} the moment {self.what} opens:"
        return f"{self.how} {self.daily}, if {self.what} has opened and is still open:"


def promise(search: SavedSearch, *, centers: Sequence[str], booked: Mapping[str, date]) -> Promise:
    """What a search (stored or not) with these chosen centres alerts about.

    `booked` are the days of the tests that its learner has, by type. Windows are inclusive; dates
    and times are Europe/London.
    """
    tests = {kind: booked.get(kind) for kind in TEST_TYPE.wanted(search)}
    clauses = filter(None, (criterion.clause(search, centers, tests) for criterion in CRITERIA))
    daily = f"once a day, at {clock(search.digest_at)}" if search.digest_at else ""
    return Promise(_how(search), TEST_TYPE.kind(search), list(clauses), daily)


def promise_of(search: SavedSearch, learner: Learner) -> Promise:
    """The same of a learner's stored search, whose centres are read unless they were prefetched."""
    centers = [center.name for center in search.centers.all()]
    return promise(search, centers=centers, booked=learner.booked_days)


def _how(search: SavedSearch) -> str:
    how = METHODS[SavedSearch.Method(search.notification_method)]
    by_both = search.notification_method == SavedSearch.Method.PUSH and search.also_email
    return f"{how}{BESIDE}" if by_both else how


def title(search: SavedSearch, *, centers: Sequence[str]) -> str:
    """What a search is called: its own name, else where it looks."""
    where = PLACE.where(search, centers)
    return search.name or where[0].upper() + where[1:]


def turn(wave: int | None, told_so_far: int | None) -> str:
    """Whose turn it is: how many learners have been told of a slot; "" where all were at once."""
    if wave is None or told_so_far is None:
        return ""
    if wave == 1:
        return f"You are among the first {told_so_far:,} told"
    return f"Told to {told_so_far:,} learners so far"
