"""“Not for me”: how a search could be narrowed so that such a slot is no longer alerted."""

from dataclasses import dataclass
from datetime import date, time
from typing import Any
from urllib.parse import urlencode

from accounts.models import SavedSearch
from alerts.criteria import CRITERIA
from alerts.criteria.criterion import Seen
from alerts.models import UserAlert
from alerts.searches.form import initial_of


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
    seen = Seen(alert.slot, today=today, miles=alert.miles)
    return [
        Narrowing(label, query_of(search, **change))
        for criterion in CRITERIA
        for label, change in criterion.narrower(search, seen)
    ]


def query_of(search: SavedSearch, **changed: Any) -> str:
    """A stored search as the query string of the page that changes it."""
    values = initial_of(search) | changed
    said = {name: _said(value) for name, value in values.items() if value not in (None, "", [])}
    return urlencode(said, doseq=True)


def _said(value: Any) -> Any:
    return value.isoformat("minutes") if isinstance(value, time) else value
