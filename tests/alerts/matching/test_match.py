"""Each rule of matching, one by one."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from alerts.matching.match import CHUNK, Matched, match_openings
from alerts.models import UserAlert
from slots.models import SlotOpening
from tests.alerts.world import (
    DAY,
    NOW,
    make_center,
    make_opening,
    make_search,
    make_slot,
    make_user,
    projected,
)

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


def alerted(search, *, now=NOW, recorded_at=NOW, center=None, **slot) -> bool:
    """Whether the search's user gets an alert when such a slot opens."""
    center = center or make_center()
    make_opening(make_slot(center, **slot), recorded_at=recorded_at)
    match_openings(now=now)
    return UserAlert.objects.filter(user=search.user).exists()


class TestWho:
    def test_a_fitting_search_gets_a_waiting_alert(self):
        center, search = make_center(), make_search()
        opening = make_opening(make_slot(center))
        assert match_openings(now=NOW) == Matched(openings=1, alerts=1)
        alert = UserAlert.objects.get()
        assert (alert.user, alert.preference) == (search.user, search)
        assert (alert.opening, alert.slot) == (opening, opening.slot)
        assert (alert.state, alert.sent, alert.sent_at) == ("waiting", False, None)
        assert alert.miles == pytest.approx(0)

    def test_an_inactive_user_gets_none(self):
        assert not alerted(make_search(make_user(is_active=False)))

    def test_a_user_whose_email_is_not_verified_gets_none(self):
        assert not alerted(make_search(make_user(verified=False)))

    def test_a_verified_email_that_is_not_the_primary_one_does_not_count(self):
        user = make_user()
        user.emailaddress_set.update(primary=False)
        assert not alerted(make_search(user))

    def test_a_user_without_any_email_address_on_record_gets_none(self):
        user = make_user()
        user.emailaddress_set.all().delete()
        assert not alerted(make_search(user))

    def test_an_inactive_search_gets_none(self):
        assert not alerted(make_search(is_active=False))

    def test_a_paused_search_gets_none(self):
        assert not alerted(make_search(paused_until=NOW + timedelta(seconds=1)))

    def test_a_pause_is_over_at_the_moment_it_ends(self):
        assert alerted(make_search(paused_until=NOW))

    def test_a_search_made_at_the_moment_of_the_opening_gets_none(self):
        assert not alerted(make_search(created_at=NOW))

    def test_a_search_made_just_before_the_opening_was_recorded_gets_it(self):
        assert alerted(make_search(created_at=NOW - timedelta(microseconds=1)))

    def test_when_the_source_saw_the_slot_open_does_not_matter(self):
        search, center = make_search(), make_center()
        opening = make_opening(make_slot(center))
        SlotOpening.objects.update(opened_at=search.created_at - timedelta(hours=1))
        match_openings(now=NOW)
        assert UserAlert.objects.get().opening == opening


class TestWhere:
    @pytest.mark.parametrize("radius", [1, 10, 25, 100])
    def test_the_border_of_the_radius_is_included(self, radius):
        center = make_center()
        place = projected(center, metres=radius * 1609.344, azimuth=radius * 7)
        search = make_search(place=place, notification_radius=radius)
        assert alerted(search, center=center)

    def test_a_millimetre_beyond_the_radius_is_not(self):
        center = make_center()
        place = projected(center, metres=10 * 1609.344 + 0.001, azimuth=45)
        assert not alerted(make_search(place=place, notification_radius=10), center=center)

    def test_a_search_without_place_or_centers_fits_nothing(self):
        assert not alerted(make_search(place=None))

    def test_a_chosen_center_fits_however_far_away(self):
        center = make_center(57.5, -4.2)
        assert alerted(make_search(centers=[center], notification_radius=1), center=center)

    def test_with_chosen_centers_one_nearby_does_not_fit(self):
        assert not alerted(make_search(centers=[make_center(57.5, -4.2)]))

    def test_a_slot_at_a_closed_center_is_not_announced(self):
        assert not alerted(make_search(), center=make_center(is_active=False))


class TestTestType:
    @pytest.mark.parametrize("wanted", [None, [], ["practical"], ["theory", "practical"]])
    def test_a_wanted_type_fits_and_no_choice_is_every_type(self, wanted):
        assert alerted(make_search(preferred_test_types=wanted))

    def test_another_type_does_not_fit(self):
        assert not alerted(make_search(preferred_test_types=["theory"]))


class TestWindows:
    @pytest.mark.parametrize(
        "window",
        [
            {"date_from": DAY},
            {"date_to": DAY},
            {"date_from": DAY, "date_to": DAY},
            {"time_from": time(8, 10)},
            {"time_until": time(8, 10)},
            {"weekdays": [1]},
            {"weekdays": [7, 1]},
            {"weekdays": []},
            {"current_test_date": DAY + timedelta(days=1)},
            {"current_test_date": DAY + timedelta(days=14), "min_days_earlier": 14},
            {"min_notice_days": 28},
            {"min_days_earlier": 90},
        ],
        ids=" ".join,
    )
    def test_each_window_includes_its_border(self, window):
        assert alerted(make_search(**window))

    @pytest.mark.parametrize(
        "window",
        [
            {"date_from": DAY + timedelta(days=1)},
            {"date_to": DAY - timedelta(days=1)},
            {"time_from": time(8, 11)},
            {"time_until": time(8, 9)},
            {"weekdays": [2, 3, 4, 5, 6, 7]},
            {"current_test_date": DAY},
            {"current_test_date": DAY, "min_days_earlier": 0},
            {"current_test_date": DAY + timedelta(days=13), "min_days_earlier": 14},
            {"min_notice_days": 29},
        ],
        ids=" ".join,
    )
    def test_what_lies_beyond_a_border_does_not_fit(self, window):
        assert not alerted(make_search(**window))

    @pytest.mark.parametrize("weekday", range(1, 8))
    def test_weekdays_count_from_monday(self, weekday):
        day = DAY + timedelta(days=weekday - 1)
        assert alerted(make_search(weekdays=[weekday]), date=day)


def last_sunday(month: int) -> date:
    """Of a month of 31 days."""
    last = date(NOW.year, month, 31)
    return last - timedelta(days=last.isoweekday() % 7)


class TestLondonTime:
    """Summer time begins on the last Sunday of March and ends on that of October, at 01:00 UTC."""

    def test_todays_date_is_londons_in_summer(self):
        half_past_midnight = datetime(NOW.year, 6, 14, 23, 30, tzinfo=UTC)
        search = make_search(min_notice_days=10)
        moment = {"now": half_past_midnight, "recorded_at": half_past_midnight}
        assert not alerted(search, date=date(NOW.year, 6, 24), **moment)
        assert alerted(search, date=date(NOW.year, 6, 25), **moment)

    def test_todays_date_is_londons_in_winter(self):
        half_past_eleven = datetime(NOW.year, 1, 14, 23, 30, tzinfo=UTC)
        moment = {"now": half_past_eleven, "recorded_at": half_past_eleven}
        assert alerted(make_search(min_notice_days=10), date=date(NOW.year, 1, 24), **moment)

    @pytest.mark.parametrize(
        "day", [last_sunday(3), last_sunday(10), DAY], ids=["March", "October", "winter"]
    )
    def test_a_slot_is_past_from_the_minute_it_starts(self, day):
        starts = datetime.combine(day, time(8, 10), LONDON)
        search = make_search(created_at=NOW - timedelta(days=400))
        early = {"recorded_at": starts - timedelta(days=1)}
        assert not alerted(search, date=day, now=starts, **early)
        assert alerted(search, date=day, now=starts - timedelta(seconds=1), **early)

    def test_a_slot_in_the_hour_that_comes_twice_starts_in_the_first_of_the_two(self):
        day = last_sunday(10)
        starts = datetime.combine(day, time(0, 30), UTC)
        search = make_search(created_at=NOW - timedelta(days=400))
        slot = {"date": day, "time": time(1, 30)}
        slot |= {"recorded_at": starts - timedelta(days=1)}
        assert not alerted(search, now=starts, **slot)
        assert not alerted(search, now=starts + timedelta(minutes=40), **slot)
        assert alerted(search, now=starts - timedelta(seconds=1), **slot)


def fail_to_insert(execute, sql, *arguments):
    """Let no alert be written."""
    if "INSERT INTO useralerts" in sql:
        raise RuntimeError
    return execute(sql, *arguments)


class TestOpenings:
    def test_a_slot_taken_before_it_was_matched_is_not_announced(self):
        assert not alerted(make_search(), available=False)

    @pytest.mark.parametrize("quiet", ["baseline", "returned"])
    def test_a_quiet_opening_is_never_matched(self, quiet):
        make_search()
        opening = make_opening(make_slot(make_center()), quiet=quiet)
        assert match_openings(now=NOW) == Matched()
        opening.refresh_from_db()
        assert opening.matched_at is None

    def test_an_opening_closed_before_it_was_matched_is_announced_once_it_resumes(self):
        search = make_search()
        opening = make_opening(make_slot(make_center()), closed_at=NOW, close_reason="gone")
        assert match_openings(now=NOW) == Matched()
        SlotOpening.objects.update(closed_at=None, close_reason=None, resumed_at=NOW)
        assert match_openings(now=NOW) == Matched(openings=1, alerts=1)
        assert UserAlert.objects.get(user=search.user).opening == opening

    def test_an_opening_is_matched_once(self):
        make_search()
        opening = make_opening(make_slot(make_center()))
        match_openings(now=NOW)
        assert match_openings(now=NOW) == Matched()
        opening.refresh_from_db()
        assert opening.matched_at == NOW

    def test_the_clock_is_the_databases(self):
        opening = make_opening(make_slot(make_center()), recorded_at=NOW)
        before = datetime.now(UTC)
        match_openings()
        opening.refresh_from_db()
        assert before - timedelta(minutes=1) < opening.matched_at < before + timedelta(minutes=1)

    def test_more_openings_than_are_taken_at_a_time_are_all_matched(self):
        center = make_center()
        make_search()
        for minute in range(CHUNK + 1):
            make_opening(make_slot(center, time=time(9, minute)))
        assert match_openings(now=NOW) == Matched(openings=CHUNK + 1, alerts=CHUNK + 1)

    def test_what_fails_leaves_no_trace(self):
        make_search()
        opening = make_opening(make_slot(make_center()))
        with connection.execute_wrapper(fail_to_insert), pytest.raises(RuntimeError):
            match_openings(now=NOW)
        opening.refresh_from_db()
        assert opening.matched_at is None
        assert not UserAlert.objects.exists()

    def test_an_alert_that_is_there_already_stays_the_only_one(self):
        search = make_search()
        opening = make_opening(make_slot(make_center()))
        earlier = UserAlert.objects.create(user=search.user, slot=opening.slot, opening=opening)
        assert match_openings(now=NOW) == Matched(openings=1, alerts=0)
        assert UserAlert.objects.get() == earlier


class TestWhichSearch:
    def test_of_several_fitting_searches_the_nearest_is_named(self):
        center, user = make_center(), make_user()
        make_search(user, place=projected(center, metres=9000, azimuth=0))
        nearer = make_search(user, place=projected(center, metres=5000, azimuth=90))
        make_search(user, place=projected(center, metres=7000, azimuth=180))
        assert alerted(nearer, center=center)
        alert = UserAlert.objects.get()
        assert alert.preference == nearer
        assert alert.miles == pytest.approx(5000 / 1609.344)

    def test_a_chosen_center_without_a_place_comes_last(self):
        center, user = make_center(), make_user()
        make_search(user, place=None, centers=[center])
        placed = make_search(user, place=projected(center, metres=9000, azimuth=0))
        assert alerted(placed, center=center)
        assert UserAlert.objects.get().preference == placed

    def test_a_chosen_center_alone_has_no_miles(self):
        center = make_center()
        assert alerted(make_search(place=None, centers=[center]), center=center)
        assert UserAlert.objects.get().miles is None

    def test_of_equally_near_searches_the_first_is_named(self):
        user = make_user()
        first = make_search(user)
        make_search(user)
        assert alerted(first)
        assert UserAlert.objects.get().preference == first

    def test_the_nearest_search_has_to_fit(self):
        center, user = make_center(), make_user()
        make_search(user, place=projected(center, metres=10, azimuth=0), weekdays=[7])
        farther = make_search(user, place=projected(center, metres=9000, azimuth=0))
        assert alerted(farther, center=center)
        assert UserAlert.objects.get().preference == farther


def told(search, slot, *, at):
    """An alert of an earlier opening of the slot, sent then."""
    opening = make_opening(slot, recorded_at=at, closed_at=at, close_reason="gone", matched_at=at)
    UserAlert.objects.create(
        user=search.user, slot=slot, opening=opening, state="sent", sent=True, sent_at=at
    )


class TestToldEnough:
    def test_a_fourth_time_in_24_hours_is_suppressed_with_the_reason(self):
        search, slot = make_search(), make_slot(make_center())
        for hours in (1, 2, 23):
            told(search, slot, at=NOW - timedelta(hours=hours))
        opening = make_opening(slot)
        match_openings(now=NOW)
        alert = UserAlert.objects.get(opening=opening)
        assert (alert.state, alert.state_reason) == ("suppressed", "told_enough")

    def test_what_was_told_24_hours_ago_no_longer_counts(self):
        search, slot = make_search(), make_slot(make_center())
        for hours in (1, 2, 24):
            told(search, slot, at=NOW - timedelta(hours=hours))
        opening = make_opening(slot)
        match_openings(now=NOW)
        assert UserAlert.objects.get(opening=opening).state == "waiting"

    def test_other_slots_and_other_users_don_t_count(self):
        search, center = make_search(), make_center()
        slot, other_slot = make_slot(center), make_slot(center, time=time(9))
        for hours in (1, 2, 3):
            told(search, other_slot, at=NOW - timedelta(hours=hours))
            told(make_search(), slot, at=NOW - timedelta(hours=hours))
        opening = make_opening(slot)
        match_openings(now=NOW)
        assert UserAlert.objects.get(opening=opening, user=search.user).state == "waiting"

    def test_alerts_that_never_went_out_don_t_count(self):
        search, slot = make_search(), make_slot(make_center())
        for _ in range(3):
            closed = make_opening(slot, closed_at=NOW, close_reason="gone", matched_at=NOW)
            UserAlert.objects.create(user=search.user, slot=slot, opening=closed, state="expired")
        opening = make_opening(slot)
        match_openings(now=NOW)
        assert UserAlert.objects.get(opening=opening).state == "waiting"


class TestResumed:
    def resumed(self, state="expired", *, slot=None, **fields) -> UserAlert:
        """An alert of an opening that has come back."""
        opening = make_opening(
            slot or make_slot(make_center()),
            **{"matched_at": NOW, "resumed_at": NOW, **fields},
        )
        search = make_search()
        sent_at = NOW if state == "sent" else None
        return UserAlert.objects.create(
            user=search.user, slot=opening.slot, opening=opening, preference=search,
            state=state, state_reason="the slot was taken", sent=state == "sent", sent_at=sent_at,
        )  # fmt: skip

    def test_an_alert_that_expired_unsent_is_due_again(self):
        alert = self.resumed()
        assert match_openings(now=NOW) == Matched(revived=1)
        alert.refresh_from_db()
        assert (alert.state, alert.state_reason, alert.notification) == ("waiting", None, None)

    @pytest.mark.parametrize("state", ["sent", "suppressed", "failed", "waiting"])
    def test_other_alerts_are_left_as_they_are(self, state):
        alert = self.resumed(state)
        assert match_openings(now=NOW) == Matched()
        alert.refresh_from_db()
        assert (alert.state, alert.state_reason) == (state, "the slot was taken")

    def test_what_has_closed_again_stays_expired(self):
        self.resumed(closed_at=NOW, close_reason="gone")
        assert match_openings(now=NOW) == Matched()

    def test_a_slot_that_is_past_stays_expired(self):
        self.resumed(slot=make_slot(make_center(), date=NOW.date(), time=time(12)))
        assert match_openings(now=NOW) == Matched()

    def test_an_alert_that_expires_as_its_slot_comes_back_is_due_again_too(self):
        alert = self.resumed("waiting")
        match_openings(now=NOW)
        UserAlert.objects.filter(pk=alert.pk).update(state="expired")
        assert match_openings(now=NOW + timedelta(seconds=59)).revived == 1

    def test_after_a_minute_the_opening_is_settled(self):
        alert = self.resumed()
        assert match_openings(now=NOW + timedelta(minutes=2)).revived == 1
        alert.opening.refresh_from_db()
        assert alert.opening.resumed_at is None
