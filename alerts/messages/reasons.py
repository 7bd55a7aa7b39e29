"""Why messages came: the searches that their slots fit, each in a sentence and with its links."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from accounts.models import SavedSearch
from alerts import wording
from alerts.criteria import CRITERIA
from alerts.messages import links

TODAY = "(statement_timestamp() AT TIME ZONE 'Europe/London')::date"
# What a promise says and no more, the centres with their search. Query sets that read all of it
# take three times as long.
SEARCHES = f"""
SELECT search.preference_id, search.user_id, search.notification_method, search.also_email,
       search.digest_at,
       {", ".join(column for criterion in CRITERIA for column in criterion.told_from)},
       ARRAY (SELECT center.name
                FROM userpreferences_centers wanted
                JOIN dvsa_test_centers center ON center.center_id = wanted.center_id
               WHERE wanted.search_id = search.preference_id
               ORDER BY wanted.id) AS center_names,
       ARRAY (SELECT ARRAY [booking.test_type, booking.date::text]
                FROM accounts_booking booking
               WHERE booking.user_id = search.user_id AND booking.date >= {TODAY}) AS booked
  FROM userpreferences search
 WHERE search.preference_id = ANY (%s)
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class Reason:
    """Why the message came: one of the searches that its slots fit."""

    promise: str
    url: str
    pause_url: str


def reasons(search_ids: Collection[int]) -> dict[int, Reason]:
    """By search, why its slots are told; one statement, however many there are."""
    if not search_ids:
        return {}
    found = SavedSearch.objects.raw(SEARCHES, [list(search_ids)])
    return {search.pk: _reason(search) for search in found}


def _reason(search: SavedSearch) -> Reason:
    centers = search.center_names  # type: ignore[attr-defined]  # named so by SEARCHES
    days = search.booked  # type: ignore[attr-defined]
    booked = {kind: date.fromisoformat(day) for kind, day in days}
    return Reason(
        promise=wording.promise(search, centers=centers, booked=booked).sentence,
        url=links.search_url(search.pk),
        pause_url=links.pause_url(user_id=search.user_id, search_ids=[search.pk]),
    )
