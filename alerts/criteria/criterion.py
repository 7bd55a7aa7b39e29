"""What a criterion says of itself; each is declared once, in a module of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms

from accounts.learners import Learner
from accounts.models import SavedSearch
from slots.models import Slot

# What narrows a search, and the form's fields that do it, with their values.
Change = tuple[str, dict[str, Any]]
# The types of test that a search wants, each with the day of the one that its learner has.
Booked = Mapping[str, date | None]
# A form's field, and what is wrong with it.
Fault = tuple[str, str]

ANY = "any"


@dataclass(frozen=True)
class Seen:
    """A slot with its centre as matching saw it.

    `today` is the London date of that moment; `miles` is None where the way was not measured.
    `learner` is what the searches' owner says of their tests, by the rules of that day.
    """

    slot: Slot
    today: date
    miles: float | None
    learner: Learner


class Criterion:
    """One thing that a saved search asks of a slot.

    `columns` are the columns of `userpreferences` that it is stored in, and all that the methods
    below read of a search: a message reads no others. `fits` is its SQL: `search` is the
    search's row, `slot` the slot's with its ISO `weekday`, the London date `today` and what
    `with_terms` adds, `booking` the learner's of that type. What a search doesn't say is null or
    empty, and restricts nothing. `rule` says for staff what holds when a slot fits. One that
    `is_of_learner` depends on what the learner says of their tests, not on the search alone.
    `fields` are those that the form of a search of slots doesn't have already.
    """

    name: ClassVar[str]
    columns: ClassVar[tuple[str, ...]]
    fits: ClassVar[str]
    rule: ClassVar[str]
    fields: ClassVar[Mapping[str, forms.Field]] = {}
    is_of_learner: ClassVar[bool] = False

    @property
    def told_from(self) -> Sequence[str]:
        """SQL of the columns as the words of a message need them."""
        return [f"search.{column}" for column in self.columns]

    def from_form(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The columns' values, from a valid form's; they are named alike unless said otherwise."""
        return {column: values[column] for column in self.columns}

    def to_form(self, search: SavedSearch) -> dict[str, Any]:
        """The form's values for changing a stored search."""
        return {column: getattr(search, column) for column in self.columns}

    def faults(self, values: Mapping[str, Any]) -> Iterator[Fault]:
        """What no field can judge by itself; a field that is wrong has no value.

        `has_booking` among the values says whether the learner has told us of a test.
        """
        yield from ()

    def clause(self, search: SavedSearch, centers: Sequence[str], booked: Booked) -> str:
        """Its part of the promise, after "opens"; "" where nothing is asked.

        `centers` are the names of the centres that the search has chosen.
        """
        return ""

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """For staff: what the slot is, and what the search asks for."""
        raise NotImplementedError

    def narrower(self, search: SavedSearch, seen: Seen) -> Iterator[Change]:
        """Ways to ask for less, so that such a slot no longer fits."""
        yield from ()
