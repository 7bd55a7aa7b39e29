"""Alerts that wait to be sent, made in one line each."""

from datetime import date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo

from django.utils import timezone

from accounts.models import SavedSearch
from alerts.models import UserAlert
from slots.models import Source
from tests.alerts.world import make_center, make_opening, make_search, make_slot, make_user

LONDON = ZoneInfo("Europe/London")
_minutes = count()


def tomorrow(days: int = 1) -> date:
    """A day after today, by London's calendar."""
    return timezone.now().astimezone(LONDON).date() + timedelta(days=days)


def make_waiting(
    user=None,
    *,
    search: SavedSearch | None = None,
    center=None,
    method: str = "email",
    miles: float | None = 2.5,
    age: float = 60,
    day: date | None = None,
    at: time | None = None,
    source: Source | None = None,
) -> UserAlert:
    """An alert that was written `age` seconds ago, for an open slot of tomorrow."""
    user = user or (search.user if search else make_user())
    search = search or make_search(user, notification_method=method, notification_radius=10)
    minute = next(_minutes)
    at = at or time(8 + minute // 60 % 12, minute % 60)
    day = day or tomorrow(1 + minute // 720)
    slot = make_slot(center or make_center(), date=day, time=at, source=source)
    then: datetime = timezone.now() - timedelta(seconds=age)
    return UserAlert.objects.create(
        user=user,
        slot=slot,
        opening=make_opening(slot, recorded_at=then, matched_at=then),
        preference=search,
        miles=miles,
        state="waiting",
        created_at=then,
    )


def fetch(alert: UserAlert) -> UserAlert:
    """The alert as it is stored now."""
    return UserAlert.objects.get(pk=alert.pk)
