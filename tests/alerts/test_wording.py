"""Saved searches in a learner's words."""

from datetime import date, time

import pytest

from accounts.models import SavedSearch
from alerts.wording import promise, title
from centers.querysets import point

PLACE = point(latitude=51.56, longitude=0.1)


def wish(**fields):
    return SavedSearch(
        **{"postcode": "IG3 9UZ", "notification_radius": 10, "notification_method": "email"}
        | fields
    )


def test_the_least_search_is_one_plain_sentence():
    assert promise(wish(), centers=[], booked={}).sentence == (
        "We email you the moment a practical or theory test slot opens within 10 miles of IG3 9UZ."
    )


@pytest.mark.parametrize(
    ("fields", "clause"),
    [
        ({"notification_radius": 1}, "within 1 mile of IG3 9UZ"),
        ({"postcode": None, "location": PLACE}, "of your location"),
        ({"preferred_test_types": ["theory"]}, "a theory test slot opens"),
        ({"notification_method": "push"}, "We send a notification to your devices"),
        ({"weekdays": [6, 7]}, "on Saturdays or Sundays"),
        ({"date_from": date(2027, 3, 1)}, "from Monday 1 March 2027"),
        ({"date_to": date(2027, 3, 1)}, "until Monday 1 March 2027"),
        ({"time_from": time(8, 10)}, "starting at 08:10 or later"),
        ({"time_until": time(12)}, "starting by 12:00"),
        ({"time_from": time(8), "time_until": time(12)}, "starting between 08:00 and 12:00"),
        (
            {"current_test_date": date(2027, 3, 1)},
            "at least 1 day before your test on Monday 1 March 2027",
        ),
        ({"min_notice_days": 3}, "at least 3 days ahead"),
    ],
)
def test_each_condition_is_said(fields, clause):
    assert clause in promise(wish(**fields), centers=[], booked={}).sentence


BOOKED = {"practical": date(2027, 4, 1), "theory": date(2027, 2, 1)}
ONE_BOOKED = {"practical": date(2027, 4, 1)}
SAID = {"current_test_date": date(2027, 3, 1)}
APRIL, MARCH, FEBRUARY = (
    f"at least 1 day before yours on {when} 2027"
    for when in ("Thursday 1 April", "Monday 1 March", "Monday 1 February")
)


@pytest.mark.parametrize(
    ("fields", "booked", "clause"),
    [
        (SAID, {}, "IG3 9UZ, at least 1 day before your test on Monday 1 March 2027"),
        ({}, BOOKED, f"practical tests {APRIL}, theory tests {FEBRUARY}"),
        (SAID, BOOKED, f"practical tests {APRIL}, theory tests {FEBRUARY}"),
        (SAID, ONE_BOOKED, f"practical tests {APRIL}, theory tests {MARCH}"),
        ({}, ONE_BOOKED, f"IG3 9UZ, practical tests {APRIL}"),
        (
            SAID | {"preferred_test_types": ["practical"], "min_days_earlier": 7}, BOOKED,
            "IG3 9UZ, at least 7 days before your test on Thursday 1 April 2027",
        ),
    ],
)  # fmt: skip
def test_the_booking_says_which_test_it_is_before_the_search_does(fields, booked, clause):
    assert promise(wish(**fields), centers=[], booked=booked).sentence.endswith(f"{clause}.")


def test_every_weekday_is_no_condition():
    assert (
        "days" not in promise(wish(weekdays=[1, 2, 3, 4, 5, 6, 7]), centers=[], booked={}).sentence
    )


def test_chosen_centres_stand_instead_of_the_radius():
    said = promise(wish(), centers=["Goodmayes", "Hornchurch", "Wanstead"], booked={}).sentence
    assert "at Goodmayes, Hornchurch or Wanstead" in said
    assert "miles" not in said


def test_a_search_is_called_by_its_own_name_before_its_place():
    assert title(wish(name="Near college"), centers=[]) == "Near college"
    assert title(wish(), centers=[]) == "Within 10 miles of IG3 9UZ"


def test_what_is_asked_beside_the_place_makes_a_list():
    said = promise(wish(weekdays=[1]), centers=[], booked={})
    assert said.lead == "We email you the moment a practical or theory test slot opens:"
    assert said.clauses == ["within 10 miles of IG3 9UZ", "on Mondays"]


def test_the_list_of_a_daily_summary_says_when_and_that_the_slots_are_still_open():
    lead = promise(wish(weekdays=[1], digest_at=time(18)), centers=[], booked={}).lead
    assert "once a day, at 18:00" in lead
    assert lead.endswith("has opened and is still open:")
