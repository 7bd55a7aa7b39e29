"""“Not for me”: how a search could be narrowed so that such a slot is no longer alerted."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any
from urllib.parse import urlencode

from django.db.models import prefetch_related_objects
from django.http import QueryDict

from accounts.learners import read_learner
from accounts.models import SavedSearch
from alerts.criteria import CRITERIA
from alerts.criteria.criterion import Seen
from alerts.models import UserAlert
from alerts.searches.form import SavedSearchForm, initial_of
from alerts.searches.saving import save_search


@dataclass(frozen=True)
class Narrowing:
    """One way to narrow a search: what it leaves out, and the changed search as a query string."""

    label: str
    query: str


def narrowings(alert: UserAlert, *, today: date) -> list[Narrowing]:
    """Every way that fits an alert whose search still exists; `today` is London's."""
    search = alert.preference
    if search is None:
        return []
    prefetch_related_objects([search], "centers")
    learner = read_learner(alert.user, today=today)
    seen = Seen(alert.slot, today=today, miles=alert.miles, learner=learner)
    return [
        Narrowing(label, query_of(search, **change))
        for criterion in CRITERIA
        for label, change in criterion.narrower(search, seen)
    ]


class CannotNarrow(ValueError):
    """The search has changed, so that this isn't one of the ways any more."""


def narrow(*, alert: UserAlert, label: str, today: date) -> str:
    """Narrow the search of an alert in the way of that label; what undoes it, as `restore` reads.

    Raises CannotNarrow.
    """
    ways = {way.label: way.query for way in narrowings(alert, today=today)}
    if label not in ways or alert.preference is None:
        raise CannotNarrow(label)
    before = query_of(alert.preference)
    restore(search=alert.preference, query=ways[label])
    return before


def restore(*, search: SavedSearch, query: str) -> None:
    """Save a search as a query string of `query_of` says; raises CannotNarrow."""
    form = SavedSearchForm(QueryDict(query))
    if not form.is_valid():
        raise CannotNarrow(query)
    save_search(user=search.user, wish=form.wish, centers=form.chosen_centers, search=search)


def query_of(search: SavedSearch, **changed: Any) -> str:
    """A stored search as the query string of the page that changes it."""
    values = initial_of(search) | changed
    said = {name: _said(value) for name, value in values.items() if value not in (None, "", [])}
    return urlencode(said, doseq=True)


def _said(value: Any) -> Any:
    return value.isoformat("minutes") if isinstance(value, time) else value
