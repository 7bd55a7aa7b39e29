"""Which: practical tests, theory tests or both."""

from collections.abc import Iterator, Mapping
from typing import Any

from accounts.models import SavedSearch
from alerts.criteria.criterion import ANY, Change, Criterion, Seen
from slots.models import Slot


class TestType(Criterion):
    """One of the wanted test types; all are wanted where none is named."""

    name = "test_type"
    columns = ("preferred_test_types",)
    fits = """(
        search.preferred_test_types IS NULL OR search.preferred_test_types = '[]'
        OR search.preferred_test_types ? slot.test_type)"""
    rule = "The test type is wanted"

    def from_form(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """None for all of them."""
        return {"preferred_test_types": sorted(values["test_type"]) or None}

    def to_form(self, search: SavedSearch) -> dict[str, Any]:
        """By the name that links to results have for it."""
        return {"test_type": search.preferred_test_types or []}

    def kind(self, search: SavedSearch) -> str:
        """What the promise says instead of a clause."""
        return f"a {' or '.join(self.wanted(search))} test slot"

    def wanted(self, search: SavedSearch) -> list[str]:
        """The types that it looks for."""
        return sorted(search.preferred_test_types or SavedSearch.TestType.values)

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """The slot's, and those that are wanted."""
        wanted = ", ".join(search.preferred_test_types or []) or ANY
        return f"{seen.slot.test_type}; wanted: {wanted}"

    def narrower(self, search: SavedSearch, seen: Seen) -> Iterator[Change]:
        """Only the others that are wanted."""
        wanted = search.preferred_test_types or Slot.TestType.values
        if others := set(wanted) - {seen.slot.test_type}:
            yield f"No {seen.slot.test_type} tests", {"test_type": sorted(others)}
