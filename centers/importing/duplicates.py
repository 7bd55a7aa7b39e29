"""Rows that would add a centre where one is stored already, under another code or name."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from centers.distances import miles_between
from centers.importing.files import Row
from centers.importing.matching import is_for_lorries, similar
from centers.importing.rows import Entry
from centers.models import Center

SAME_POINT_MILES = 0.01
SAME_NAME_MILES = 1
# A degree of latitude is some 69 miles: farther apart than this, nothing is within a mile.
NEAR_DEGREES = 0.02


@dataclass(frozen=True)
class Duplicate:
    """A row, the stored centre that it may be, and whether it is to be merged with it.

    No other row of the list is about that centre.
    """

    row: Row
    center: Center
    is_merged: bool

    @property
    def reason(self) -> str:
        """Which centre it may be, as the end of a sentence."""
        code = f" ({self.center.code})" if self.center.code else ""
        closed = "" if self.center.is_active else ", which has closed,"
        return f"{self.center}{code}{closed} is at the same place, and this list doesn’t name it"


def find_duplicates(
    entries: Iterable[Entry], unclaimed: Iterable[Center], *, merge: frozenset[int] | None
) -> Iterator[Duplicate]:
    """Rows that may be one of the centres that no row is about; each centre is named once.

    `merge` holds the lines to be merged, or is None for all.
    """
    free = {center.pk: center for center in unclaimed if center.place}
    for entry in entries:
        found = _nearest(entry, free.values())
        if found:
            del free[found.pk]
            yield Duplicate(entry.row, found, merge is None or entry.row.line in merge)


def _nearest(entry: Entry, centers: Iterable[Center]) -> Center | None:
    if "latitude" not in entry.values:
        return None
    place = float(entry.values["latitude"]), float(entry.values["longitude"])
    near = [
        (miles, center) for miles, center in _near(place, centers) if _is_same(entry, center, miles)
    ]
    return min(near, key=lambda pair: (pair[0], pair[1].pk), default=(0, None))[1]


def _near(place: tuple[float, float], centers: Iterable[Center]) -> Iterator[tuple[float, Center]]:
    for center in centers:
        if center.place and abs(center.place[0] - place[0]) < NEAR_DEGREES:
            yield miles_between(center.place, place), center


def _is_same(entry: Entry, center: Center, miles: float) -> bool:
    """At the same point, or of one name within a mile; lorries have centres of their own."""
    if is_for_lorries(entry.row.name) != is_for_lorries(center.name):
        return False
    if miles <= SAME_POINT_MILES:
        return True
    return miles <= SAME_NAME_MILES and similar(entry.row.name, center.name)
