"""Bookings: what learners say of the tests they have, and what follows from it by the rules.

Each write records itself in the audit log, with the names of what changed and never the values.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction

from accounts.models import Booking, User
from audit.trail import record
from centers.models import Center, Rule
from centers.nations import ALL, SETS, Nation
from centers.rules import Rulebook
from centers.working_days import (
    first_day_after_wait,
    first_test_to_change,
    last_day_of_pass,
    last_day_to_change,
)

DAY = timedelta(days=1)
# Tests are booked months ahead; what lies beyond is a slip in the year.
FURTHEST = timedelta(days=730)
NOTICE = {
    Booking.TestType.PRACTICAL: Rule.Key.NOTICE_PRACTICAL,
    Booking.TestType.THEORY: Rule.Key.NOTICE_THEORY,
}


@dataclass(frozen=True)
class BookingFacts:
    """What follows from a booking on a day; None where it isn't said, or no rule says.

    `last_day` is the last one to change it without losing the fee, the earlier where two readings
    are possible.
    """

    booking: Booking
    is_over: bool
    last_day: date | None
    is_late: bool
    changes_left: int | None


def facts_of(booking: Booking, rules: Rulebook, today: date) -> BookingFacts:
    """What the rules say of a booking today (Europe/London)."""
    last_day = _last_day(booking, rules, today)
    return BookingFacts(
        booking=booking,
        is_over=booking.date is not None and booking.date < today,
        last_day=last_day,
        is_late=last_day is not None and last_day < today,
        changes_left=changes_left(booking, rules, today),
    )


def changes_left(booking: Booking, rules: Rulebook, today: date) -> int | None:
    """How often it can still be changed; None where nobody says, or it is a theory test."""
    most = rules.number(Rule.Key.CHANGES, today)
    is_practical = booking.test_type == Booking.TestType.PRACTICAL
    if not is_practical or most is None or booking.changes_used is None:
        return None
    return max(most - booking.changes_used, 0)


def first_changeable(test_type: str, rules: Rulebook, today: date) -> dict[frozenset[Nation], date]:
    """By a centre's nations, the earliest booked test that can still be changed today.

    Empty where no rule says.
    """
    notice = rules.number(NOTICE[Booking.TestType(test_type)], today)
    if notice is None:
        return {}
    return {each: first_test_to_change(today, notice=notice, nations=each) for each in SETS}


def theory_ends(user: User, rules: Rulebook, today: date) -> date | None:
    """The last day on which the learner's theory pass counts, None where they haven't said."""
    years = rules.number(Rule.Key.THEORY_PASS, today)
    if user.theory_passed_on is None or years is None:
        return None
    return last_day_of_pass(user.theory_passed_on, years=years)


def retake_from(user: User, rules: Rulebook, today: date) -> date | None:
    """The first day on which they may try again, None where that is no longer to be waited for."""
    wait = rules.number(Rule.Key.RETAKE_WAIT, today)
    if user.last_failed_on is None or wait is None:
        return None
    first = first_day_after_wait(user.last_failed_on, wait=wait, nations=ALL)
    return first if first > today else None


def save_booking(
    *,
    user: User,
    test_type: str,
    day: date | None,
    clock: time | None,
    center: Center | None,
    first_center: Center | None,
    changes_used: int | None,
) -> Booking:
    """Keep what the learner says of their test of a type, in place of what they said before.

    What is being sent to the learner is waited for; after this it is asked for again.
    """
    values: dict[str, object] = {
        "date": day, "time": clock, "center": center, "first_center": first_center,
        "changes_used": changes_used,
    }  # fmt: skip
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        booking, is_new = Booking.objects.select_for_update(of=("self",)).get_or_create(
            user=user, test_type=test_type, defaults=values
        )
        changed = [name for name, value in values.items() if getattr(booking, name) != value]
        if changed:
            _write(booking, values)
        if is_new or changed:
            verb = "added" if is_new else "changed"
            said = dict.fromkeys(changed, "changed")
            record(f"booking.{verb}", actor=user, subject=booking, **said)
    return booking


def remove_booking(*, booking: Booking) -> None:
    """Forget a booking, for the learner whose it is."""
    with transaction.atomic():
        record("booking.removed", actor=booking.user, subject=booking)
        booking.delete()


def set_test_dates(
    *, user: User, theory_passed_on: date | None, last_failed_on: date | None
) -> None:
    """Keep when a learner passed the theory test and last failed a practical; None unsays it."""
    values = {"theory_passed_on": theory_passed_on, "last_failed_on": last_failed_on}
    with transaction.atomic():
        if User.objects.filter(pk=user.pk).exclude(**values).update(**values):
            record("user.test_dates_changed", actor=user, subject=user)


def _write(booking: Booking, values: dict[str, object]) -> None:
    for name, value in values.items():
        setattr(booking, name, value)
    booking.save(update_fields=list(values))


def _last_day(booking: Booking, rules: Rulebook, today: date) -> date | None:
    """By the rule of today, or earlier where a stricter one begins before that day."""
    if booking.date is None:
        return None
    key = NOTICE[Booking.TestType(booking.test_type)]
    last = _last_day_by(booking, rules.number(key, today))
    for begins in rules.begins(key, after=today, until=last or booking.date):
        if coming := _last_day_by(booking, rules.number(key, begins)):
            coming = max(coming, begins - DAY)
            last = min(last, coming) if last else coming
    return last


def _last_day_by(booking: Booking, notice: int | None) -> date | None:
    if booking.date is None or notice is None:
        return None
    nations = booking.center.nations if booking.center else ALL
    return last_day_to_change(booking.date, notice=notice, nations=nations)
