"""What follows from taking a slot, in a learner's words: deadline, changes left, fee.

One module for mails, pushes and pages, by the same facts as the page of the booking shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time

from accounts.bookings import BookingFacts, facts_of
from accounts.learners import Learner
from accounts.models import Booking
from centers.models import Center, Rule
from centers.working_days import SATURDAY, is_surely_working
from slots.wording import clock, day, short_day

# Nobody says from when on a test is an evening one; from here it may be.
MAYBE_EVENING = time(16, 30)
CANCEL = "To take it you would have to cancel your test, and book again"


@dataclass(frozen=True)
class SlotToTake:
    """A slot as it would be taken."""

    test_type: str
    date: date
    time: time
    center: Center


@dataclass(frozen=True)
class Follows:
    """What follows: for any slot of this type, and of this one; `short` for a phone's screen.

    `obstacles` say why the learner can't take it, as far as we know.
    """

    of_any: list[str]
    of_this: list[str]
    obstacles: list[str]
    short_of_any: str
    short_of_this: str

    @property
    def sentences(self) -> list[str]:
        """All of it, what keeps the learner from it first."""
        return [*self.obstacles, *self.of_any, *self.of_this]


def follows(learner: Learner, slot: SlotToTake) -> Follows:
    """What a learner should know before they take a slot, by the rules of the learner's day."""
    facts = learner.facts(slot.test_type)
    kept = list(obstacles(learner, slot))
    once_taken = _once_taken(learner, slot)
    unlisted = _is_unlisted(learner, slot)
    return Follows(
        of_any=[] if kept or not facts else list(_of_booking(facts)),
        of_this=list(_of_slot(learner, slot, facts, once_taken, unlisted=unlisted)),
        obstacles=kept,
        short_of_any="" if kept or not facts else ". ".join(_short_of_booking(facts)),
        short_of_this=". ".join(_short_of_slot(kept, once_taken, unlisted=unlisted)),
    )


def obstacles(learner: Learner, slot: SlotToTake) -> Iterator[str]:
    """Why the learner can't take it, each rule with its date; what isn't known is no obstacle."""
    if slot.test_type == Booking.TestType.PRACTICAL:
        ends, again = learner.theory_ends, learner.retake_from
        if ends and slot.date > ends:
            yield f"Your theory pass ends on {day(ends)}, before this test"
        if again and slot.date < again:
            yield f"After the test you failed, you can’t take one before {day(again)}"
    if facts := learner.facts(slot.test_type):
        yield from _obstacles_of_booking(facts)
    allowed = learner.allowed_centers(slot.test_type)
    if allowed is not None and slot.center not in allowed:
        yield "Your test can’t be moved to this centre: it isn’t one of DVSA’s nearest to yours"


def _obstacles_of_booking(facts: BookingFacts) -> Iterator[str]:
    if facts.changes_left == 0:
        yield f"You have no change of your test left. {CANCEL}"
    if facts.is_late and facts.last_day:
        yield (
            f"You can’t move your test any more without losing the fee: the last day was "
            f"{day(facts.last_day)}"
        )


def _of_booking(facts: BookingFacts) -> Iterator[str]:
    if facts.last_day:
        yield f"Change your test by {day(facts.last_day)}, or you lose its fee"
    if facts.changes_left == 1:
        yield "This uses your last change"
    elif facts.changes_left:
        yield f"This uses one of your {facts.changes_left} changes"


def _of_slot(
    learner: Learner,
    slot: SlotToTake,
    facts: BookingFacts | None,
    once_taken: BookingFacts,
    *,
    unlisted: bool,
) -> Iterator[str]:
    if once_taken.is_late:
        yield "From the moment you take it you can’t change it without losing the fee"
    elif once_taken.last_day and (facts is None or facts.changes_left != 1):
        yield f"Once you have it, you can change it until {day(once_taken.last_day)}"
    if unlisted:
        yield "Check on GOV.UK whether you may move your test to this centre"
    if facts is None and (fee := fee_of(learner, slot)):
        yield f"Booked as a new test it costs {fee}"


def fee_of(learner: Learner, slot: SlotToTake) -> str:
    """What a test costs then; "" where no rule says, both where it may count as an evening."""
    if slot.test_type == Booking.TestType.THEORY:
        return _amount(learner, Rule.Key.FEE_THEORY)
    peak, off_peak = _amount(learner, Rule.Key.FEE), _amount(learner, Rule.Key.FEE_OFF_PEAK)
    if slot.date.isoweekday() >= SATURDAY or not is_surely_working(slot.date, slot.center.nations):
        return off_peak
    if peak and off_peak and slot.time >= MAYBE_EVENING:
        return f"{peak}, or {off_peak} if {clock(slot.time)} counts as evening"
    return peak


def _amount(learner: Learner, key: Rule.Key) -> str:
    rule = learner.rules.rule(key, learner.today)
    return rule.amount if rule else ""


def _short_of_booking(facts: BookingFacts) -> Iterator[str]:
    if facts.last_day:
        yield f"Change yours by {short_day(facts.last_day)}"
    if facts.changes_left == 1:
        yield "Your last change"
    elif facts.changes_left:
        yield f"1 of {facts.changes_left} changes"


def _short_of_slot(kept: list[str], once_taken: BookingFacts, *, unlisted: bool) -> Iterator[str]:
    if kept:
        yield "You may not be able to take it"
    if once_taken.is_late:
        yield "Can’t be changed once taken"
    if unlisted:
        yield "Check whether you may move there"


def _once_taken(learner: Learner, slot: SlotToTake) -> BookingFacts:
    """What the rules would say of it if the learner had it."""
    taken = Booking(test_type=slot.test_type, date=slot.date, center=slot.center)
    return facts_of(taken, learner.rules, learner.today)


def _is_unlisted(learner: Learner, slot: SlotToTake) -> bool:
    """Whether moves are limited to listed centres, and nobody has the list for this test's."""
    booking = learner.booking(slot.test_type)
    rule = learner.rules.rule(Rule.Key.NEAREST_CENTERS, learner.today)
    if slot.test_type != Booking.TestType.PRACTICAL or booking is None or rule is None:
        return False
    known = {booking.center_id, booking.first_center_id}
    return slot.center.pk not in known and learner.allowed_centers(slot.test_type) is None
