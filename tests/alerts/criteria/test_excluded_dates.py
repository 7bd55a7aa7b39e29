"""Days that a learner can't make: asked for, stored, matched, said and shown."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.db.utils import IntegrityError
from django.http import QueryDict
from django.utils import timezone

from accounts.models import SavedSearch
from accounts.models.day_ranges import DayRange
from alerts.delivery.deliver import deliver
from alerts.export import export
from alerts.matching.counting import openings_fitting
from alerts.matching.match import match_openings
from alerts.searches.form import SavedSearchForm
from alerts.searches.narrowing import narrowings
from alerts.searches.passed import end_passed_searches
from alerts.watching.canary import Verdict, verify
from alerts.watching.explaining import explain
from alerts.wording import promise
from slots.wording import day
from tests.alerts.waiting import fetch, make_waiting
from tests.alerts.world import DAY, NOW, make_center, make_opening, make_search, make_slot
from tests.people import learner
from tests.schema.rows import run
from tests.slots.places import make_postcode
from tests.staff import make_staff, signed_in

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
A_WEEK = "from Monday 14 December 2026 to Monday 21 December 2026"


def days(first: date, last: date | None = None) -> DayRange:
    return DayRange(first, last or first)


def after(number: int) -> date:
    """So many days from the slot's."""
    return DAY + timedelta(days=number)


# What is left out, and whether the slot on DAY is told of.
CASES = [
    (None, True),
    ([], True),
    ([days(DAY)], False),
    ([days(after(-3), DAY)], False),
    ([days(DAY, after(3))], False),
    ([days(after(-3), after(-1)), days(after(1), after(3))], True),
    ([days(after(-9), after(-8)), days(after(-1), after(1))], False),
]


@pytest.mark.parametrize(("excluded", "told"), CASES)
def test_no_slot_of_these_days_is_told_of_both_ends_included(excluded, told):
    search = make_search(excluded_dates=excluded)
    opening = make_opening(make_slot(make_center()))
    counted = openings_fitting(SavedSearch.objects.get(), since=NOW - timedelta(hours=1))
    explained = explain(user=search.user, opening=opening).searches[0]
    match_openings(now=NOW)
    assert search.user.alerts.exists() is told
    assert counted == int(told)
    failed = [answer for answer in explained.answers if not answer.holds]
    assert [answer.rule for answer in failed] == ["The date is not one that was left out"] * (
        not told
    )


def test_the_canary_names_an_alert_of_a_day_that_was_left_out():
    make_search()
    slot = make_slot(make_center())
    for table in ("users", "userpreferences", "dvsa_test_centers"):
        run(f"UPDATE {table} SET updated_at = %s", NOW - timedelta(days=1))
    opening = make_opening(slot)
    match_openings(now=NOW)
    assert sum(verify([opening.pk]), start=Verdict()).is_clean
    run("UPDATE userpreferences SET excluded_dates = datemultirange(daterange(%s, %s, '[]'))",
        DAY, DAY)  # fmt: skip
    run("UPDATE userpreferences SET updated_at = %s", NOW - timedelta(days=1))
    (wrong,) = sum(verify([opening.pk]), start=Verdict()).beyond
    assert wrong.why == "no search fits"


@pytest.mark.parametrize(
    ("excluded", "said"),
    [
        ([days(date(2026, 12, 14))], "not on Monday 14 December 2026."),
        (
            [days(date(2026, 12, 14), date(2026, 12, 21)), days(date(2026, 12, 25))],
            f"not {A_WEEK} or on Friday 25 December 2026.",
        ),
    ],
)
def test_the_promise_names_them(excluded, said):
    search = SavedSearch(
        postcode="IG3 9UZ", notification_radius=5, notification_method="email",
        excluded_dates=excluded,
    )  # fmt: skip
    assert promise(search, centers=[], booked={}).sentence.endswith(
        f"within 5 miles of IG3 9UZ, {said}"
    )


def form(*typed: tuple[str, str], rest: str = "") -> SavedSearchForm:
    """As the page sends its rows."""
    data = QueryDict(f"postcode=IG3+9UZ{rest}", mutable=True)
    data.setlist("excluded_from", [first for first, _ in typed])
    data.setlist("excluded_to", [last for _, last in typed])
    make_postcode()
    return SavedSearchForm(data)


def ahead(number: int) -> str:
    return f"{TODAY + timedelta(days=number)}"


def test_rows_are_read_and_those_that_touch_are_joined():
    filled = form(("", ""), (ahead(9), ahead(12)), (ahead(3), ""), (ahead(13), ahead(14)))
    assert filled.is_valid(), filled.errors
    third, ninth, last = (TODAY + timedelta(days=number) for number in (3, 9, 14))
    assert filled.wish.excluded_dates == [days(third), days(ninth, last)]


def test_nothing_typed_leaves_nothing_out():
    empty = form(("", ""), ("", ""))
    assert empty.is_valid()
    assert empty.wish.excluded_dates is None
    assert not empty.has_uncommon


@pytest.mark.parametrize(
    ("typed", "rest", "sentence"),
    [
        ([("soon", "")], "", "Enter dates such as 27/3/2027"),
        ([("", ahead(3))], "", "Enter the first day too"),
        ([(ahead(4), ahead(3))], "", "is before the first"),
        ([(ahead(-9), ahead(-8))], "", "has passed"),
        ([(ahead(3), "9999-12-31")], "", "within the next 2 years"),
        ([(ahead(2 * n), "") for n in range(1, 12)], "", "at most 10"),
        ([(ahead(1), ahead(9))], f"&date_from={ahead(3)}&date_to={ahead(5)}", "leaves no day"),
        ([(ahead(0), ahead(9))], f"&date_to={ahead(5)}", "leaves no day"),
    ],
)
def test_what_is_wrong_is_said_beside_the_rows_and_nothing_typed_is_lost(typed, rest, sentence):
    wrong = form(*typed, rest=rest)
    assert not wrong.is_valid()
    assert sentence in str(wrong.errors["excluded"])
    page = str(wrong["excluded"])
    assert all(f'value="{text}"' in page for row in typed for text in row if text)


def test_they_are_kept_from_the_form_over_the_review_to_the_change(client):
    make_postcode()
    ada = learner()
    client.force_login(ada)
    typed = f"excluded_from={ahead(3)}&excluded_to={ahead(5)}&excluded_from=&excluded_to="
    page = client.get(f"/searches/new/?postcode=IG3+9UZ&{typed}").content.decode()
    assert f'name="excluded" value="{ahead(3)}..{ahead(5)}"' in page
    client.post("/searches/new/", {"postcode": "IG3 9UZ", "excluded": f"{ahead(3)}..{ahead(5)}"})
    search = SavedSearch.objects.get()
    assert search.excluded_dates == [days(TODAY + timedelta(days=3), TODAY + timedelta(days=5))]
    page = client.get(f"/searches/{search.pk}/edit/").content.decode()
    assert f'value="{ahead(3)}"' in page
    assert f'value="{ahead(5)}"' in page
    exported = export(ada)["searches"][0]["excluded_dates"]
    assert [[f"{end}" for end in each] for each in exported] == [[ahead(3), ahead(5)]]


def test_days_that_have_passed_do_not_stand_in_the_way_of_a_change():
    past, to_come = TODAY - timedelta(days=9), TODAY + timedelta(days=9)
    search = make_search(excluded_dates=[days(past), days(to_come)], postcode="IG3 9UZ")
    search.refresh_from_db()
    alert = make_waiting(search=search)
    ways = {way.label: way for way in narrowings(alert, today=TODAY)}
    make_postcode()
    narrowed = SavedSearchForm(QueryDict(ways[f"Not on {day(alert.slot.date)}"].query))
    assert narrowed.is_valid(), narrowed.errors
    assert narrowed.wish.excluded_dates == [days(alert.slot.date), days(to_come)]


def test_one_press_leaves_out_the_day_of_an_alert():
    alert = make_waiting()
    labels = [way.label for way in narrowings(alert, today=TODAY)]
    assert f"Not on {day(alert.slot.date)}" in labels


def test_what_waits_is_not_sent_once_its_day_is_left_out(sink):
    left_out, stays = make_waiting(), make_waiting()
    others = days(TODAY + timedelta(days=90))
    for alert, excluded in ((left_out, days(left_out.slot.date)), (stays, others)):
        SavedSearch.objects.filter(pk=alert.preference_id).update(excluded_dates=[excluded])
    deliver("email", seconds=30)
    assert (fetch(left_out).state, fetch(stays).state) == ("suppressed", "sent")
    (mail,) = sink.received
    assert f"not on {day(others.first)}" in mail.part("text/plain")


@pytest.mark.parametrize(
    ("left_out", "windows", "ends"),
    [
        ([(1, 5)], {"date_to": 5}, True),
        ([(1, 4)], {"date_to": 5}, False),
        ([(0, 5)], {"date_to": 5}, True),
        ([(-1, 2), (4, 5)], {"date_to": 5}, False),
        ([(-1, 2), (4, 5)], {"date_to": 5, "min_notice_days": 4}, True),
        ([(1, 5)], {"current_test_date": 6}, True),
        ([(1, 5)], {}, False),
    ],
)
def test_a_search_ends_when_all_its_last_days_are_left_out(left_out, windows, ends):
    """As of tomorrow: whatever is today has passed by then."""
    tomorrow = TODAY + timedelta(days=1)

    def at(number: int) -> date:
        return TODAY + timedelta(days=number)

    dates = {
        name: at(value) if name.endswith(("date", "to")) else value
        for name, value in windows.items()
    }
    search = make_search(excluded_dates=[days(at(a), at(b)) for a, b in left_out], **dates)
    end_passed_searches(today=tomorrow)
    search.refresh_from_db()
    assert search.is_active is not ends


@pytest.mark.parametrize("ranges", ["{(,2027-01-01]}", "{[2027-01-01,)}", "{(,)}"])
def test_the_database_refuses_ranges_without_an_end(ranges):
    search = make_search()
    with pytest.raises(IntegrityError, match="excluded_dates_end"), transaction.atomic():
        run("UPDATE userpreferences SET excluded_dates = %s WHERE preference_id = %s",
            ranges, search.pk)  # fmt: skip


def test_a_change_of_them_by_hand_counts_as_a_change():
    search = make_search()
    SavedSearch.objects.update(updated_at=NOW - timedelta(days=400))
    run("UPDATE userpreferences SET excluded_dates = %s", "{[2027-01-01,2027-01-02]}")
    search.refresh_from_db()
    assert search.updated_at > NOW - timedelta(days=400)


def test_staff_see_them():
    search = make_search(excluded_dates=[days(date(2026, 12, 14), date(2026, 12, 21))])
    page = signed_in(make_staff()).get(f"/admin/accounts/savedsearch/{search.pk}/change/")
    assert "14 December 2026" in page.content.decode()
