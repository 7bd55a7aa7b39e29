"""Saved searches and alerts in a learner's words."""

from collections.abc import Sequence

from accounts.models import SavedSearch
from slots.wording import day, days, listed, miles, windows

METHODS = {
    SavedSearch.Method.EMAIL: "We e-mail you",
    SavedSearch.Method.PUSH: "We send a notification to your devices",
}


def promise(search: SavedSearch, *, centers: Sequence[str]) -> str:
    """One sentence that says what a search (stored or not) with these chosen centres alerts about.

    Windows are inclusive; dates and times are Europe/London.
    """
    where_and_when = [place(search, centers=centers), *conditions(search)]
    how = METHODS[SavedSearch.Method(search.notification_method)]
    return f"{how} the moment {kinds(search)} opens {', '.join(where_and_when)}."


def kinds(search: SavedSearch) -> str:
    """The wanted test types; all of them where none is named."""
    wanted = sorted(search.preferred_test_types or [])
    if len(wanted) == 1:
        return f"a {wanted[0]} test slot"
    return "a practical or theory test slot"


def place(search: SavedSearch, *, centers: Sequence[str]) -> str:
    """Where a search looks."""
    if centers:
        return f"at {listed(centers, 'or')}"
    where = search.postcode or ("your location" if search.location else "nowhere")
    return f"within {miles(search.notification_radius)} of {where}"


def conditions(search: SavedSearch) -> list[str]:
    """What a slot has to fulfil besides its place and type, each as a clause."""
    clauses = (
        *windows(
            search.date_from, search.date_to, search.weekdays, search.time_from, search.time_until
        ),
        _earlier(search),
        _notice(search),
    )
    return [clause for clause in clauses if clause]


def _earlier(search: SavedSearch) -> str:
    if not search.current_test_date:
        return ""
    ahead = days(max(search.min_days_earlier or 1, 1))
    return f"at least {ahead} before your test on {day(search.current_test_date)}"


def _notice(search: SavedSearch) -> str:
    if not search.min_notice_days:
        return ""
    return f"at least {days(search.min_notice_days)} ahead"


def title(search: SavedSearch, *, centers: Sequence[str]) -> str:
    """What a search is called: its own name, else where it looks."""
    where = place(search, centers=centers)
    return search.name or where[0].upper() + where[1:]
