"""What follows from taking the slots of several messages is each learner's own."""

from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.models import Booking
from alerts.messages.content import Content, Recipient
from alerts.messages.following import read_known
from audit.clock import database_today
from tests.alerts.messages.slot import SLOT
from tests.alerts.world import make_center, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def content():
    """Makes a message to a learner about one and the same slot."""
    center = make_center()
    slot = replace(SLOT, center_id=center.pk, date=database_today() + timedelta(days=60))

    def make(user) -> Content:
        recipient = Recipient(
            user_id=user.pk, is_active=True, email=user.email, refuses_mail=False,
            quiet_until=None, mailed_instead=False,
        )  # fmt: skip
        return Content(recipient, [slot])

    return make


def keep_booked(user) -> None:
    Booking.objects.create(user=user, test_type="practical", changes_used=1)


def keep_theory_pass(user) -> None:
    user.theory_passed_on = database_today() - timedelta(days=2 * 366)
    user.save()


def keep_failed(user) -> None:
    user.last_failed_on = database_today() + timedelta(days=55)
    user.save()


@pytest.mark.parametrize("keep", [keep_booked, keep_theory_pass, keep_failed])
def test_who_has_said_nothing_reads_nothing_of_who_has(content, keep):
    silent, other, third = (make_user() for _ in range(3))
    keep(other)
    contents = [content(user) for user in (silent, other, third)]
    known = read_known(contents)
    (first,), (own,), (last,) = (known.follows(each) for each in contents)
    assert first == last != own
    assert read_known(contents[1:]).follows(contents[1]) == [own]
