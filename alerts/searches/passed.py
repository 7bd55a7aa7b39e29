"""Searches whose windows have all passed end themselves, and their learners are told by mail."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import SavedSearch
from alerts.models import SearchEnding
from alerts.searches.endings import ENDED, note_endings
from audit.clock import database_today
from audit.trail import record

# Rows are locked for so many at a time.
LOT = 500


def end_passed_searches(*, today: date | None = None) -> int:
    """End every search that can tell of nothing more on a day (Europe/London); how many were.

    Any number of processes may do so at once. What somebody is changing just now is left for the
    next time. A search that was started again with the windows that had passed ends without a
    second mail.
    """
    day = today or database_today()
    ended = 0
    while lot := _end_lot(day):
        ended += lot
    return ended


@transaction.atomic
def _end_lot(today: date) -> int:
    """The learner's row is locked too: saving a search locks it first, then the search."""
    passed = SavedSearch.objects.filter(is_active=True).passed_on(today)
    locked = passed.select_related("user").select_for_update(skip_locked=True, of=("self", "user"))
    found = list(locked.order_by("pk")[:LOT])
    ids = [each.pk for each in found]
    SavedSearch.objects.filter(pk__in=ids).update(is_active=False, updated_at=Now())
    note_endings([_ending(each) for each in found], kind=ENDED)
    for search in found:
        record("search.ended", actor=None, subject=search, reason="its windows have passed")
    return len(found)


def _ending(search: Any) -> SearchEnding:
    """Of a search as `passed_on` finds it."""
    return SearchEnding(user=search.user, search=search, tells_until=search.tells_until)
