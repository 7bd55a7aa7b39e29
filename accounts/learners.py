"""Learners as the rules see them: what they say of their tests, read for many at once."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from accounts.bookings import BookingFacts, facts_of, retake_from, theory_ends
from accounts.models import Booking, User
from centers.models import Center, NearestCenter, Rule
from centers.rules import Rulebook


@dataclass(frozen=True)
class Learner:
    """A learner on a day (Europe/London), with what their tests are judged by.

    `bookings` are by test type, `nearest` the listed centres by the centre whose list it is.
    """

    user: User
    bookings: Mapping[str, Booking]
    nearest: Mapping[int, Collection[Center]]
    rules: Rulebook
    today: date

    def booking(self, test_type: str) -> Booking | None:
        """Their test of a type, unless its day has passed."""
        found = self.bookings.get(test_type)
        is_over = found is not None and found.date is not None and found.date < self.today
        return None if is_over else found

    @property
    def has_said_something(self) -> bool:
        """Whether anything of theirs decides what they can take."""
        return bool(self.bookings or self.user.theory_passed_on or self.user.last_failed_on)

    @property
    def booked_days(self) -> dict[str, date]:
        """The days of their tests, by type; of what is over or has no day there is none."""
        days = {kind: self.booking(kind) for kind in self.bookings}
        return {kind: each.date for kind, each in days.items() if each and each.date}

    def facts(self, test_type: str) -> BookingFacts | None:
        """What the rules say of that test."""
        booking = self.booking(test_type)
        return facts_of(booking, self.rules, self.today) if booking else None

    @property
    def theory_ends(self) -> date | None:
        """The last day on which their theory pass counts, None where they haven't said."""
        return theory_ends(self.user, self.rules, self.today)

    @property
    def retake_from(self) -> date | None:
        """The first day on which they may try again, None where nothing is to be waited for."""
        return retake_from(self.user, self.rules, self.today)

    def allowed_centers(self, test_type: str) -> frozenset[Center] | None:
        """Where their test of a type may be moved, None where nobody says that it is limited.

        Its own centre, the nearest ones on DVSA's list, and the one that was booked first.
        """
        booking = self.booking(test_type)
        most = self.rules.number(Rule.Key.NEAREST_CENTERS, self.today)
        if test_type != Booking.TestType.PRACTICAL or not booking or most is None:
            return None
        center = booking.center
        if center is None or center.pk not in self.nearest:
            return None
        listed = self.nearest[center.pk]
        return frozenset(filter(None, (center, booking.first_center, *listed)))


def read_learner(user: User, *, today: date) -> Learner:
    """One learner; three statements at most."""
    return _learners({user.pk: user}, today)[user.pk]


def read_learners(user_ids: Collection[int], *, today: date) -> dict[int, Learner]:
    """Learners by their ids, in four statements at most, however many there are."""
    users = User.objects.only("theory_passed_on", "last_failed_on").in_bulk(list(user_ids))
    return _learners(users, today)


def _learners(users: Mapping[int, User], today: date) -> dict[int, Learner]:
    rules = Rulebook.read()
    bookings: dict[int, dict[str, Booking]] = defaultdict(dict)
    for booking in Booking.objects.of_users(users):
        bookings[booking.user_id][booking.test_type] = booking
    nearest = _nearest(bookings, rules.number(Rule.Key.NEAREST_CENTERS, today))
    return {
        number: Learner(user, bookings[number], nearest, rules, today)
        for number, user in users.items()
    }


def _nearest(
    bookings: Mapping[int, Mapping[str, Booking]], most: int | None
) -> dict[int, list[Center]]:
    """The lists of the booked tests' centres, as long as the rule has them; all that are loaded."""
    centers = {each.center_id for own in bookings.values() for each in own.values()} - {None}
    lists: dict[int, list[Center]] = defaultdict(list)
    if centers and most is not None:
        found = NearestCenter.objects.filter(center__in=centers).select_related("other")
        for near in found.order_by("rank"):
            lists[near.center_id] += [near.other] if near.rank <= most else []
    return dict(lists)
