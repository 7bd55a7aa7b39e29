"""The pages where a learner says what they have booked."""

from datetime import date, time, timedelta

import pytest
from django.test import Client
from django.utils.formats import date_format

from accounts.models import Booking, SavedSearch, User
from audit.clock import database_today
from centers.models import Center, Rule
from tests.people import learner

pytestmark = pytest.mark.django_db
PAGE, PRACTICAL, THEORY = (f"/bookings/{kind}" for kind in ("", "practical/", "theory/"))


@pytest.fixture
def ada() -> User:
    return learner()


@pytest.fixture
def page(client: Client, ada: User) -> Client:
    client.force_login(ada)
    return client


@pytest.fixture
def center() -> Center:
    return Center.objects.create(name="Goodmayes", postcode="IG3 9UZ")


def in_days(days: int) -> date:
    return database_today() + timedelta(days=days)


def text(page: Client, path: str = PAGE) -> str:
    return " ".join(page.get(path).content.decode().split())


def long(day: date) -> str:
    return date_format(day, "l j F Y")


def test_somebody_new_is_asked_first_and_plainly(page: Client) -> None:
    said = text(page)
    assert "Have you got a test booked?</h2>" in said
    for answer in ("Yes, a practical test", "Yes, a theory test", "No, not yet"):
        assert answer in said


def test_a_learner_says_all_of_it_and_reads_what_follows(
    page: Client, ada: User, center: Center
) -> None:
    day = in_days(60)
    page.post(
        PRACTICAL,
        {
            "date": day, "time": "08:10", "center": center.pk, "first_center": center.pk,
            "changes_used": "1",
        },
    )  # fmt: skip
    booking = ada.bookings.get()
    assert (booking.date, booking.time, booking.center) == (day, time(8, 10), center)
    assert (booking.first_center, booking.changes_used) == (center, 1)
    answer = page.get(PAGE)
    last = answer.context["booked"][0].last_day
    said = " ".join(answer.content.decode().split())
    assert f"{long(day)}, 08:10, at Goodmayes" in said
    assert f"You can change this test until <strong>{date_format(last, 'l j F')}</strong>" in said
    assert "<strong>1 change left.</strong>" in said
    assert "Yes, a practical test" not in said
    assert "Have you got another test booked?" in said


def test_every_part_may_be_left_out(page: Client, ada: User) -> None:
    page.post(PRACTICAL, {})
    booking = ada.bookings.get()
    assert (booking.date, booking.center, booking.changes_used) == (None, None, None)
    assert "You haven’t said on which day it is" in text(page)


def test_of_a_theory_test_nobody_asks_about_changes(page: Client, ada: User) -> None:
    said = text(page, THEORY)
    assert "How often you have changed it" not in said
    page.post(THEORY, {"date": in_days(20)})
    assert ada.bookings.get().test_type == "theory"


def test_the_form_starts_from_what_is_stored(page: Client, ada: User, center: Center) -> None:
    Center.objects.filter(pk=center.pk).update(is_active=False)
    Booking.objects.create(
        user=ada, test_type="practical", date=in_days(30), center=center, changes_used=0
    )
    form = page.get(PRACTICAL).context["form"]
    start = {name: form[name].value() for name in ("date", "center", "changes_used")}
    page.post(PRACTICAL, {name: str(value) for name, value in start.items()})
    booking = ada.bookings.get()
    assert (booking.date, booking.center, booking.changes_used) == (in_days(30), center, 0)


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"date": "2020-01-01"}, "Your test date must be in the future, or leave it blank"),
        ({"date": "2999-01-01"}, "Check the year: no test is booked so far ahead"),
        ({"date": "soon"}, "Enter a date such as 27/3/2027"),
        ({"time": "early"}, "Enter a time such as 8:10"),
        ({"center": "0"}, "Choose a test centre from the list"),
        ({"changes_used": "3"}, "Choose one of these"),
    ],
)
def test_a_slip_is_said_at_its_field_and_nothing_is_kept(
    page: Client, ada: User, fields: dict[str, str], said: str
) -> None:
    assert said in page.post(PRACTICAL, fields).content.decode()
    assert not ada.bookings.exists()


def test_how_many_changes_are_offered_is_the_rules_to_say(page: Client, ada: User) -> None:
    fields = {"source": "GOV.UK", "certainty": "high"}
    Rule.objects.create(key="changes", since=database_today(), value=3, **fields)
    page.post(PRACTICAL, {"changes_used": "3"})
    assert ada.bookings.get().changes_used == 3
    assert "<strong>No change left.</strong>" in text(page)


def test_after_the_last_day_it_says_so(page: Client, ada: User) -> None:
    Booking.objects.create(user=ada, test_type="practical", date=in_days(3))
    assert "You can’t change this test any more without losing the fee." in text(page)


def test_after_the_test_it_says_what_to_do_next(page: Client, ada: User) -> None:
    Booking.objects.create(user=ada, test_type="practical", date=in_days(-1), changes_used=1)
    said = text(page)
    assert "Its day has passed." in said
    assert "left." not in said


def test_dates_of_a_pass_and_a_fail_are_kept_and_told(page: Client, ada: User) -> None:
    passed, failed = in_days(-100), in_days(-1)
    page.post(PAGE, {"theory_passed_on": passed, "last_failed_on": failed})
    ada.refresh_from_db()
    assert (ada.theory_passed_on, ada.last_failed_on) == (passed, failed)
    answer = page.get(PAGE)
    said = " ".join(answer.content.decode().split())
    assert f"Your theory pass ends on <strong>{long(answer.context['theory_ends'])}" in said
    assert "You can take a practical test again from about" in said


def test_a_pass_that_is_over_is_told_so(page: Client, ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(theory_passed_on=in_days(-800))
    assert "Your theory pass ended on" in text(page)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("theory_passed_on", "2999-01-01", "This day is still to come"),
        ("last_failed_on", "2999-01-01", "This day is still to come"),
        ("last_failed_on", "0206-01-01", "Check the year"),
    ],
)
def test_a_wrong_date_is_said_at_its_field(
    page: Client, ada: User, field: str, value: str, said: str
) -> None:
    answer = page.post(PAGE, {field: value})
    assert said in str(answer.context["form"].errors[field])
    ada.refresh_from_db()
    assert getattr(ada, field) is None


def test_a_booking_is_forgotten_after_being_asked(page: Client, ada: User) -> None:
    Booking.objects.create(user=ada, test_type="practical")
    assert "Forget your practical test?" in text(page, f"{PRACTICAL}remove/")
    assert ada.bookings.exists()
    page.post(f"{PRACTICAL}remove/")
    assert not ada.bookings.exists()
    assert page.post(f"{PRACTICAL}remove/").status_code == 404


def test_nobody_sees_or_forgets_anothers(page: Client) -> None:
    other = learner("bob@example.org")
    Booking.objects.create(user=other, test_type="practical", date=in_days(60))
    assert long(in_days(60)) not in text(page)
    assert page.post(f"{PRACTICAL}remove/").status_code == 404
    page.post(PRACTICAL, {"date": in_days(70)})
    assert other.bookings.get().date == in_days(60)


def test_there_is_no_other_type(page: Client) -> None:
    assert page.get("/bookings/flying/").status_code == 404


@pytest.mark.parametrize("path", ["/account/", "/searches/"])
def test_the_account_and_the_searches_lead_there(page: Client, path: str) -> None:
    assert f'href="{PAGE}"' in page.get(path).content.decode()


def test_a_saved_booking_leaves_searches_alone(page: Client, ada: User) -> None:
    search = SavedSearch.objects.create(
        user=ada, notification_method="email", current_test_date=in_days(90)
    )
    page.post(PRACTICAL, {"date": in_days(60)})
    search.refresh_from_db()
    assert search.current_test_date == in_days(90)
