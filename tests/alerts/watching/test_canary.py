"""Who was missed or alerted in excess is found and named, and what has changed is left out."""

import json
import logging
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core.management import call_command
from django.db import connection

from accounts.models import SavedSearch, StaffAlarm
from alerts.matching.match import match_openings
from alerts.models import Reach, UserAlert
from alerts.searches.saving import delete_search
from alerts.watching import canary
from alerts.watching.canary import (
    Difference,
    Verdict,
    recent_openings,
    verify,
    verify_unannounced,
)
from slots.models import SlotOpening
from tests.alerts.world import DAY, make_center, make_opening, make_search, make_slot, set_config

pytestmark = pytest.mark.django_db


def run(statement: str, *values: object) -> None:
    """One statement by hand."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def settle(*, minutes_ago: int = 2) -> None:
    """Let all openings be that old, and what they are matched to be a day older than now."""
    # Triggers keep the times of change true, so that a test has to write a change to set one.
    for table in ("users", "userpreferences", "dvsa_test_centers"):
        run(f"UPDATE {table} SET updated_at = statement_timestamp() - interval '1 day'")
    run("UPDATE userpreferences SET created_at = statement_timestamp() - interval '1 day'")
    run(
        "UPDATE slots_slotopening SET recorded_at = statement_timestamp() - make_interval(mins =>"
        " %s)",
        minutes_ago,
    )


@pytest.fixture
def search() -> SavedSearch:
    """A search that fits."""
    return make_search()


@pytest.fixture
def opening(search) -> SlotOpening:
    """An opening two minutes old, a year before its slot, that is still to be matched."""
    opening = make_opening(make_slot(make_center(), date=DAY + timedelta(days=365)))
    settle()
    return opening


def verdict() -> Verdict:
    """On the openings of the last hour."""
    ids = list(recent_openings(since=timedelta(hours=1)).values_list("pk", flat=True))
    return sum(verify(ids), start=Verdict())


def test_all_is_well_once_all_are_matched(opening):
    match_openings()
    assert verdict() == Verdict(openings=1, alerts=1)
    assert verdict().is_clean


def test_a_missing_alert_is_named(opening, search):
    match_openings()
    UserAlert.objects.all().delete()
    assert verdict().missing == (Difference(opening.pk, search.user_id),)


def test_a_hole_in_reach_is_found(opening, search):
    Reach.objects.all().delete()
    match_openings()
    assert verdict().missing == (Difference(opening.pk, search.user_id),)


def test_an_alert_against_the_rules_is_named(opening, search):
    run("UPDATE userpreferences SET weekdays = '{1}'")
    other = make_search(weekdays=[1])
    settle()
    match_openings()
    UserAlert.objects.create(
        user=other.user, slot=opening.slot, opening=opening, preference=other, state="waiting"
    )
    assert verdict().beyond == (Difference(opening.pk, other.user_id, "no search fits"),)


def why_beyond() -> list[str]:
    """What is wrong with the alerts of the last hour, and nothing else."""
    assert verdict().missing == ()
    return [difference.why for difference in verdict().beyond]


def test_an_alert_of_no_search_is_named(opening):
    match_openings()
    UserAlert.objects.update(preference=None)
    assert why_beyond() == ["of no search"]


def test_an_alert_of_the_wrong_search_is_named(opening, search):
    farther = make_search(search.user, place=(51.6, 0.11))
    settle()
    match_openings()
    assert why_beyond() == []
    UserAlert.objects.update(preference=farther)
    assert why_beyond() == ["of the wrong search"]


def test_an_alert_of_the_later_of_two_searches_at_one_place_is_named(opening, search):
    later = make_search(search.user)
    settle()
    match_openings()
    UserAlert.objects.update(preference=later)
    assert why_beyond() == ["of the wrong search"]


@pytest.mark.parametrize("miles", [0.001, 25.0, None])
def test_an_alert_of_the_wrong_miles_is_named(opening, miles):
    match_openings()
    UserAlert.objects.update(miles=miles)
    assert why_beyond() == ["of the wrong miles"]


def test_an_alert_without_miles_is_right_where_the_search_has_no_place(opening):
    SavedSearch.objects.all().delete()
    make_search(place=None, centers=[opening.slot.center])
    settle()
    match_openings()
    assert verdict() == Verdict(openings=1, alerts=1)


@pytest.mark.parametrize("kind", SlotOpening.Quiet.values)
def test_an_alert_of_an_opening_that_announces_nothing_is_named(opening, search, kind):
    match_openings()
    SlotOpening.objects.update(quiet=kind, matched_at=None)
    assert verify_unannounced(since=timedelta(hours=1)).beyond == (
        Difference(opening.pk, search.user_id, "the opening announces nothing"),
    )
    with pytest.raises(SystemExit) as exit_with:
        call_command("verify_alerts")
    assert exit_with.value.code == 1


def test_an_alert_by_hand_of_an_opening_that_announces_nothing_is_nobodys_mistake(opening, search):
    UserAlert.objects.create(user=search.user, slot=opening.slot, opening=opening)
    SlotOpening.objects.update(quiet="baseline")
    assert verify_unannounced(since=timedelta(hours=1)).is_clean


def test_an_alert_that_somebody_wrote_by_hand_is_nobodys_mistake(opening):
    stranger = make_search(weekdays=[1]).user
    settle()
    match_openings()
    UserAlert.objects.create(user=stranger, slot=opening.slot, opening=opening)
    assert verdict().is_clean


def test_an_opening_that_nobody_matches_is_named_after_a_minute(opening):
    assert verdict().forgotten == (opening.pk,)
    settle(minutes_ago=0)
    assert verdict().is_clean


def test_an_opening_that_closed_unmatched_is_nobodys_mistake(opening):
    run("UPDATE slots_slotopening SET closed_at = recorded_at, close_reason = 'gone'")
    assert verdict().is_clean


def test_a_search_changed_since_is_left_out_and_counted(opening):
    match_openings()
    run("UPDATE userpreferences SET weekdays = '{1}'")
    assert verdict() == Verdict(openings=1, left_out_searches=1)


@pytest.mark.parametrize(("seconds_before", "found"), [(59, 0), (61, 1)])
def test_since_begins_a_minute_before_the_opening_was_recorded(opening, seconds_before, found):
    match_openings()
    UserAlert.objects.all().delete()
    run(
        "UPDATE userpreferences SET updated_at = (SELECT recorded_at FROM slots_slotopening)"
        " - make_interval(secs => %s)",
        seconds_before,
    )
    assert len(verdict().missing) == found
    assert verdict().left_out_searches == 1 - found


def test_a_user_changed_since_is_left_out_with_their_searches(opening, search):
    make_search(search.user)
    settle()
    match_openings()
    run("UPDATE users SET is_active = false")
    assert verdict() == Verdict(openings=1, left_out_searches=2)


def test_a_choice_of_centers_changed_since_is_left_out(opening, search):
    match_openings()
    search.centers.add(make_center(57, -4))
    assert verdict() == Verdict(openings=1, left_out_searches=1)


def test_an_opening_whose_center_has_changed_since_is_left_out_and_counted(opening):
    match_openings()
    run("UPDATE dvsa_test_centers SET latitude = 57, longitude = -4")
    assert verdict() == Verdict(left_out_openings=1)


def test_a_search_ended_by_its_learner_is_nobodys_mistake(opening, search):
    match_openings()
    delete_search(search=search, actor=search.user)
    assert verdict().is_clean


def test_openings_of_longer_ago_are_not_looked_at(opening):
    settle(minutes_ago=61)
    assert verdict() == Verdict()


def test_the_watch_tells_the_log_and_staff_who_is_missing(opening, search, caplog):
    match_openings()
    UserAlert.objects.all().delete()
    with caplog.at_level(logging.ERROR, logger=canary.__name__):
        assert canary.watch().missing
    missing = f"missing: opening {opening.pk}, user {search.user_id}"
    assert missing in caplog.text
    assert missing in StaffAlarm.objects.get().sentence


def test_the_watch_is_silent_while_all_is_well(opening, caplog):
    match_openings()
    assert canary.watch().openings == 1
    assert not caplog.records
    assert not StaffAlarm.objects.exists()


def test_the_command_exits_with_1_and_lists_what_is_missing(opening, search, capsys):
    match_openings()
    UserAlert.objects.all().delete()
    with pytest.raises(SystemExit) as exit_with:
        call_command("verify_alerts")
    assert exit_with.value.code == 1
    assert f"missing: opening {opening.pk}, user {search.user_id}" in capsys.readouterr().err


def test_the_command_answers_one_json_object(opening, capsys):
    match_openings()
    with pytest.raises(SystemExit) as exit_with:
        call_command("verify_alerts", "--since", "10", "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (exit_with.value.code, answer["openings"], answer["missing"]) == (0, 1, [])


def test_match_openings_by_hand_answers_what_it_did(opening, capsys):
    call_command("match_openings")
    call_command("match_openings", "--json")
    first, second = capsys.readouterr().out.splitlines()
    assert first == "1 openings matched, 1 alerts written."
    assert json.loads(second) == {"openings": 0, "waves": 0, "alerts": 0, "revived": 0}


class TestWaves:
    """Openings that are told in waves, the next one still to come."""

    @pytest.fixture
    def opening(self) -> SlotOpening:
        """Told to two of thirteen."""
        set_config("alerts.wave_first", "2")
        for _ in range(13):
            make_search()
        opening = make_opening(make_slot(make_center(), date=DAY + timedelta(days=365)))
        settle()
        match_openings()
        return opening

    def test_those_whose_turn_is_to_come_are_not_missing(self, opening):
        assert opening.alerts.count() == 2
        assert sum(verify([opening.pk]), start=Verdict()).is_clean

    def test_nor_are_they_once_the_slot_has_gone(self, opening):
        SlotOpening.objects.update(closed_at=opening.recorded_at, close_reason="gone")
        assert sum(verify([opening.pk]), start=Verdict()).is_clean

    def test_who_was_passed_over_is_missing(self, opening):
        first = opening.waves.get()
        passed_over = opening.alerts.exclude(user__in=self.last_of(opening, first.last_lot)).get()
        passed_over.delete()
        verdict = sum(verify([opening.pk]), start=Verdict())
        assert [each.user for each in verdict.missing] == [passed_over.user_id]

    def test_who_should_have_been_told_by_the_last_wave_is_missing(self, opening):
        SlotOpening.objects.update(next_wave_at=None)
        assert len(sum(verify([opening.pk]), start=Verdict()).missing) == 11

    @staticmethod
    def last_of(opening: SlotOpening, lot: str) -> list[int]:
        """The learner whose lot that was."""
        opening.refresh_from_db()
        users = opening.alerts.values_list("user", flat=True)
        lots = {sha256(f"{opening.seed}:{user}".encode()).hexdigest(): user for user in users}
        return [lots[lot]]
