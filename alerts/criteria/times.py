"""At which times of the day."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta

from accounts.models import SavedSearch
from alerts.criteria.criterion import ANY, Booked, Change, Criterion, Seen
from slots.wording import between_times, clock

MINUTE = timedelta(minutes=1)
LAST_MINUTE = time(23, 59)


class Times(Criterion):
    """Starting from an earliest time to a latest, both included (Europe/London)."""

    name = "times"
    columns = ("time_from", "time_until")
    fits = """
        slot.time BETWEEN COALESCE(search.time_from, slot.time)
                      AND COALESCE(search.time_until, slot.time)"""
    rule = "The time is in its window"

    def clause(self, search: SavedSearch, centers: Sequence[str], booked: Booked) -> str:
        """As of a search of slots."""
        return between_times(search.time_from, search.time_until)

    def evidence(self, search: SavedSearch, seen: Seen) -> str:
        """The slot's time, and both ends."""
        asked = f"from {search.time_from or ANY} until {search.time_until or ANY}"
        return f"{seen.slot.time:%H:%M}; {asked}"

    def narrower(self, search: SavedSearch, seen: Seen) -> Iterator[Change]:
        """Only what is before it, or only what is after it."""
        at = seen.slot.time
        if at > time.min:
            yield f"Nothing at {clock(at)} or later", {"time_until": _shifted(at, -MINUTE)}
        if at < LAST_MINUTE:
            yield f"Nothing at {clock(at)} or earlier", {"time_from": _shifted(at, MINUTE)}


def _shifted(moment: time, by: timedelta) -> time:
    return (datetime.combine(date.min + timedelta(days=1), moment) + by).time()
