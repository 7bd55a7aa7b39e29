"""The official service's pages on GOV.UK, where a learner acts: linked to, never read."""

from collections.abc import Collection, Mapping
from typing import NamedTuple

from accounts.models import Booking


class Official(NamedTuple):
    """Where a test of one kind is booked, and where one that is booked is changed."""

    book: str
    change: str


PRACTICAL = Official(
    "https://www.gov.uk/book-driving-test", "https://www.gov.uk/change-driving-test"
)
THEORY = Official("https://www.gov.uk/book-theory-test", "https://www.gov.uk/change-theory-test")
OFFICIAL: Mapping[str, Official] = {
    Booking.TestType.PRACTICAL: PRACTICAL,
    Booking.TestType.THEORY: THEORY,
}


def official_pages(kinds: Collection[str]) -> dict[str, str]:
    """The pages for tests of these kinds, by what one does there; changing comes first."""
    pages = {}
    if Booking.TestType.PRACTICAL in kinds:
        pages["Change your driving test"] = PRACTICAL.change
        pages["Book a driving test"] = PRACTICAL.book
    if Booking.TestType.THEORY in kinds:
        pages["Book a theory test"] = THEORY.book
    return pages
