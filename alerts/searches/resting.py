"""Searches that can tell of nothing as things stand, and the way out of it.

Nothing holds such a search: it looks again by itself once what the learner says, a rule or the day
has changed. Only that the learner was told by mail is stored.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import chain

from django.db.models import Exists, OuterRef

from accounts.bookings import first_changeable
from accounts.learners import Learner, read_learners
from accounts.models import Booking, SavedSearch
from accounts.querysets import BookingQuerySet
from alerts.models import SearchEnding
from alerts.searches.endings import RESTING, note_endings
from audit.clock import database_now, database_today
from centers.models import Center
from centers.rules import Rulebook
from slots.wording import day, listed

PRACTICAL = SavedSearch.TestType.PRACTICAL


def why_resting(search: SavedSearch, learner: Learner, centers: Collection[Center]) -> list[str]:
    """Why a search (stored or not) with these chosen centres can tell of nothing; [] if it can.

    A sentence each, with the way out. A search of both types of test rests only if it does for
    both.
    """
    kinds = search.preferred_test_types or SavedSearch.TestType.values
    found = [list(_of_kind(kind, search, learner, centers)) for kind in kinds]
    return list(dict.fromkeys(chain(*found))) if all(found) else []


def _of_kind(
    kind: str, search: SavedSearch, learner: Learner, centers: Collection[Center]
) -> Iterator[str]:
    booking = learner.booking(kind)
    first = search.date_from or learner.today
    if booking and booking.date and first >= booking.date:
        yield (
            f"We only tell you of tests before the one you have on {day(booking.date)}. Choose "
            "earlier days, or take that test off your bookings"
        )
    if search.only_bookable:
        yield from _of_rules(kind, learner, first, search.date_to)
        yield from _of_centers(kind, learner, centers)


def _of_rules(kind: str, learner: Learner, first: date, last: date | None) -> Iterator[str]:
    facts = learner.facts(kind)
    if facts and facts.is_late and facts.last_day:
        yield (
            "You can’t move your test any more without losing the fee: the last day was "
            f"{day(facts.last_day)}. Look for a new one after it, or cancel"
        )
    if facts and facts.changes_left == 0:
        yield "You have no change of your test left. To take another you would have to cancel it"
    if kind == PRACTICAL:
        yield from _of_dates(learner, first, last)


def _of_dates(learner: Learner, first: date, last: date | None) -> Iterator[str]:
    ends, again = learner.theory_ends, learner.retake_from
    if ends and ends < first:
        yield (
            f"Your theory pass ends on {day(ends)}. You have to pass the theory test again before "
            "a practical one"
        )
    if again and last and last < again:
        yield (
            f"After the test you failed, you can’t take one before {day(again)}. Choose a later "
            "last day"
        )


def _of_centers(kind: str, learner: Learner, centers: Collection[Center]) -> Iterator[str]:
    allowed = learner.allowed_centers(kind)
    if allowed and centers and not allowed & set(centers):
        names = listed(sorted(each.name for each in allowed), "or")
        yield f"Your test can only be moved to {names}. Choose among these, or none"


def note_resting(*, today: date | None = None) -> int:
    """Ask for a mail to each learner whose booked test can't be changed any more (Europe/London).

    The first of the searches that rest for it is named. Returns how many mails were asked for;
    for the same booked day there is never a second.
    """
    on = today or database_today()
    late = [each for kind in SavedSearch.TestType for each in _maybe_late(kind, on)]
    users = {each.user_id for each in late}
    learners, searches = read_learners(users, today=on), _looking_of(users)
    found = [_ending(each, learners[each.user_id], searches[each.user_id]) for each in late]
    asked = [each for each in found if each]
    note_endings(asked, kind=RESTING)
    return len(asked)


def _looking_of(users: Collection[int]) -> dict[int, list[SavedSearch]]:
    searches: dict[int, list[SavedSearch]] = defaultdict(list)
    looking = SavedSearch.objects.filter(user__in=users).looking(database_now())
    for search in looking.prefetch_related("centers"):
        searches[search.user_id].append(search)
    return searches


def _maybe_late(kind: str, today: date) -> BookingQuerySet:
    """Bookings to come that can't be changed in one nation at least, and nobody was told so."""
    first = first_changeable(kind, Rulebook.read(), today)
    told = SearchEnding.objects.filter(user=OuterRef("user"), booked_for=OuterRef("date"))
    soon = Booking.objects.filter(
        test_type=kind, date__gte=today, date__lt=max(first.values(), default=today)
    )
    return soon.exclude(Exists(told)).filter(user__is_active=True).select_related("user")


def _ending(
    booking: Booking, learner: Learner, searches: Iterable[SavedSearch]
) -> SearchEnding | None:
    """The mail about the first of the learner's searches that rests for this booking."""
    facts = learner.facts(booking.test_type)
    if facts is None or not facts.is_late or facts.last_day is None:
        return None
    for search in searches:
        kinds = search.preferred_test_types or SavedSearch.TestType.values
        if booking.test_type in kinds and why_resting(search, learner, search.centers.all()):
            return SearchEnding(
                user=booking.user, search=search, tells_until=facts.last_day,
                booked_for=booking.date,
            )  # fmt: skip
    return None
