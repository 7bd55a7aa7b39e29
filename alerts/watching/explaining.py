"""Why a user did or did not get an alert of an opening: each rule of matching with its answer.

The rules themselves are matching's own (`criteria`, and LOOKS), asked one by one.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import connection
from django.utils import timezone

from accounts.learners import Learner, read_learner
from accounts.models import SavedSearch, User
from alerts.criteria import CRITERIA
from alerts.criteria.criterion import Seen
from alerts.criteria.terms import BOOKING_JOIN, Terms, with_terms
from alerts.matching.match_sql import LOOKS
from alerts.matching.places import Place, place_of
from alerts.models import Delivery, UserAlert
from audit.clock import database_now
from centers.querysets import METRES_PER_MILE
from slots.models import SlotOpening

# Each rule by itself, for one user's searches and one opening: `answers` has them by their names.
# The fields of searches are as they are by now.
RULES = LOOKS | {criterion.name: criterion.fits for criterion in CRITERIA}
EXPLAIN = f"""
WITH opened AS (
    SELECT slot.*, opening.recorded_at, extract(isodow FROM slot.date)::smallint AS weekday,
           (%(now)s::timestamptz AT TIME ZONE 'Europe/London')::date AS today
      FROM slots_slotopening opening
      JOIN drivingtestslots slot ON slot.slot_id = opening.slot_id
     WHERE opening.id = %(opening)s
), slot AS MATERIALIZED ({with_terms("opened")}
), search AS (
    SELECT search.*,
           ARRAY(SELECT center_id FROM userpreferences_centers WHERE search_id = preference_id
                 ORDER BY center_id) AS centers
      FROM userpreferences search WHERE search.user_id = %(user)s
)
SELECT search.preference_id,
       ST_Distance(center.location, search.location) / {METRES_PER_MILE} AS miles,
       search.updated_at > %(now)s AS changed_since,
       json_build_object(
           'center_open', center.is_active,
           {", ".join(f"'{name}', COALESCE({rule}, false)" for name, rule in RULES.items())}
       ) AS answers
  FROM slot CROSS JOIN search
  JOIN dvsa_test_centers center ON center.center_id = slot.center_id
{BOOKING_JOIN}
 ORDER BY search.preference_id
"""  # noqa: S608 - put together from constants


@dataclass(frozen=True)
class Answer:
    """One rule, whether it holds, and the values that it looked at."""

    rule: str
    holds: bool
    values: str


@dataclass(frozen=True)
class SearchExplained:
    """One of the user's searches; `changed_since` when it was changed after matching looked."""

    search: SavedSearch
    answers: list[Answer]
    changed_since: bool

    @property
    def fits(self) -> bool:
        """Whether every rule holds."""
        return all(answer.holds for answer in self.answers)


@dataclass(frozen=True)
class Explanation:
    """All that decides whether a user is alerted of an opening, and what became of it."""

    user: User
    opening: SlotOpening
    general: list[Answer]
    searches: list[SearchExplained]
    alert: UserAlert | None
    deliveries: list[Delivery]
    place: Place | None = None

    @property
    def verdict(self) -> str:
        """What came of it, in a sentence."""
        if self.alert:
            reason = f": {self.alert.get_state_reason_display()}" if self.alert.state_reason else ""
            return f"There is an alert, and it is {self.alert.state or 'not ours'}{reason}."
        failed = [answer.rule for answer in self.general if not answer.holds]
        if failed:
            return f"There is no alert, because this does not hold: {failed[0].lower()}."
        if self.place:
            return f"There is no alert{self.place.why}."
        if any(each.fits for each in self.searches):
            return "There is no alert, although a search fits as everything stands now."
        return "There is no alert, because none of the searches fits."


def explain(*, user: User, opening: SlotOpening) -> Explanation:
    """Ask every rule, with the searches as they are now and the clock of matching.

    The opening comes with its slot and centre.
    """
    alert = UserAlert.objects.filter(user=user, opening=opening).first()
    message = alert.notification_id if alert else None
    return Explanation(
        user=user,
        opening=opening,
        general=[*_of_user(user), *_of_opening(opening)],
        searches=_of_searches(user, opening),
        alert=alert,
        deliveries=list(Delivery.objects.filter(notification=message).order_by("id")),
        place=None if alert else place_of(user, opening),
    )


def _of_user(user: User) -> list[Answer]:
    primary = EmailAddress.objects.filter(user=user, primary=True).first()
    verified = bool(primary and primary.verified)
    return [
        Answer("The account is active", user.is_active, _yes(user.is_active)),
        Answer("The email address is verified", verified, _yes(verified)),
    ]


def _of_opening(opening: SlotOpening) -> list[Answer]:
    quiet = opening.quiet or ""
    matched = opening.matched_at is not None
    when = f"looked at {_moment(opening.matched_at)}" if opening.matched_at else "not looked at yet"
    return [
        Answer("The opening is one that is announced", not quiet, quiet or "announced"),
        Answer("Matching has looked at it while the slot was open", matched, when),
    ]


def _of_searches(user: User, opening: SlotOpening) -> list[SearchExplained]:
    searches = SavedSearch.objects.of(user).prefetch_related("centers").in_bulk()
    now = opening.matched_at or database_now()
    learner = read_learner(user, today=timezone.localdate(now))
    return [
        _explained(searches[row["preference_id"]], opening, learner, row)
        for row in _ask(user, opening, now)
        if row["preference_id"] in searches
    ]


def _ask(user: User, opening: SlotOpening, now: datetime) -> list[dict[str, Any]]:
    values: dict[str, Any] = {"user": user.pk, "opening": opening.pk, "now": now}
    values |= Terms.read().values(days=[timezone.localdate(now)], dates=[opening.slot.date])
    with connection.cursor() as cursor:
        cursor.execute(EXPLAIN, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _explained(
    search: SavedSearch, opening: SlotOpening, learner: Learner, row: dict[str, Any]
) -> SearchExplained:
    seen = Seen(opening.slot, today=learner.today, miles=row["miles"], learner=learner)
    rules = [
        *_of_looking(search, opening),
        *((each.name, each.rule, each.evidence(search, seen)) for each in CRITERIA),
    ]
    answers = [Answer(rule, row["answers"][name], values) for name, rule, values in rules]
    return SearchExplained(search, answers, row["changed_since"])


def _of_looking(search: SavedSearch, opening: SlotOpening) -> list[tuple[str, str, str]]:
    """Each rule's name in the statement, what it says, and what it looked at."""
    return [
        ("active", "The search is active", _yes(search.is_active)),
        ("not_paused", "It was not paused", f"paused until {_moment(search.paused_until)}"),
        (
            "saved_before",
            "It was saved before the slot opened",
            f"saved {_moment(search.created_at)}, opened {_moment(opening.recorded_at)}",
        ),
        ("center_open", "The test centre is in use", opening.slot.center.name),
    ]


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _moment(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%-d %B %Y, %H:%M:%S}" if value else "never"
