"""A search that can tell of nothing as things stand says why, and its learner hears of it once."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.learners import read_learner
from accounts.mail.send import send_outbox
from accounts.models import Booking, OutboxMail, SavedSearch, User
from alerts.searches.resting import note_resting, why_resting
from centers.models import Center, NearestCenter
from tests.alerts.world import make_center, make_search, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
# Until the tests' own notice of ten working days, which no run of holidays brings nearer.
SOON = 5 * DAY
PRACTICAL = ["practical"]


@pytest.fixture
def today() -> date:
    return timezone.localdate()


@pytest.fixture
def ada() -> User:
    return make_user()


@pytest.fixture
def search(ada: User) -> SavedSearch:
    return make_search(ada, preferred_test_types=PRACTICAL)


def book(ada: User, **fields: object) -> Booking:
    return Booking.objects.create(user=ada, **{"test_type": "practical"} | fields)


def why(search: SavedSearch, *centers: Center) -> str:
    """The reasons, as their first words."""
    user = User.objects.get(pk=search.user_id)
    learner = read_learner(user, today=timezone.localdate())
    found = why_resting(SavedSearch.objects.get(pk=search.pk), learner, centers)
    return "; ".join(" ".join(each.split()[:6]) for each in found)


def change(search: SavedSearch, **values: object) -> None:
    SavedSearch.objects.filter(pk=search.pk).update(**values)


def test_a_search_rests_while_the_booked_test_can_not_be_changed(ada, search, today) -> None:
    assert why(search) == ""
    booking = book(ada, date=today + SOON)
    assert why(search) == "You can’t move your test any"
    change(search, only_bookable=False)
    assert why(search) == ""
    change(search, only_bookable=True, preferred_test_types=["theory"])
    assert why(search) == ""
    change(search, preferred_test_types=None)
    assert why(search) == ""
    change(search, preferred_test_types=PRACTICAL)
    Booking.objects.filter(pk=booking.pk).update(date=today - DAY)
    assert why(search) == ""


def test_a_search_rests_once_no_change_is_left(ada, search) -> None:
    book(ada, changes_used=2)
    assert why(search) == "You have no change of your"


def test_a_search_rests_once_the_theory_pass_is_over(ada, search, today) -> None:
    User.objects.update(theory_passed_on=today - 800 * DAY)
    assert why(search).startswith("Your theory pass ends on")


def test_a_search_that_ends_within_the_wait_after_a_failed_test_rests(ada, search, today) -> None:
    User.objects.update(last_failed_on=today)
    assert why(search) == ""
    change(search, date_to=today + 3 * DAY)
    assert why(search) == "After the test you failed, you"


def test_a_search_of_centres_that_the_test_can_not_be_moved_to_rests(ada, search) -> None:
    home, near, far = make_center(), make_center(), make_center()
    book(ada, center=home)
    NearestCenter.objects.create(center=home, other=near, rank=1)
    assert [why(search, far), why(search, far, near), why(search)] == [
        "Your test can only be moved", "", "",
    ]  # fmt: skip


def test_a_search_that_begins_after_the_booked_test_rests(ada, search, today) -> None:
    book(ada, date=today + 100 * DAY)
    change(search, date_from=today + 101 * DAY)
    assert why(search) == "We only tell you of tests"


def test_the_learner_hears_of_it_once_for_a_booked_day(sink, ada, search, today) -> None:
    make_search(ada, preferred_test_types=PRACTICAL)
    booking = book(ada, date=today + SOON)
    assert [note_resting(), note_resting()] == [1, 0]
    assert [send_outbox(seconds=5), send_outbox(seconds=5)] == [1, 0]
    [mail] = sink.received
    assert mail.message["Subject"].startswith("Your search rests: ")
    for kind in ("text/plain", "text/html"):
        assert "can’t move your test any more" in mail.part(kind)
        assert "/bookings/" in mail.part(kind)
    Booking.objects.filter(pk=booking.pk).update(date=today + SOON + DAY)
    assert note_resting() == 1


def test_nobody_hears_of_a_search_that_wakes_again_meanwhile(sink, ada, search, today) -> None:
    booking = book(ada, date=today + SOON)
    note_resting()
    booking.delete()
    assert send_outbox(seconds=5) == 0
    assert OutboxMail.objects.get().last_error == "the search doesn't rest any more"


def test_a_search_whose_filter_is_off_is_no_reason_for_a_mail(ada, search, today) -> None:
    change(search, only_bookable=False)
    book(ada, date=today + SOON)
    assert note_resting() == 0
