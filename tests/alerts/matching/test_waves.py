"""An opening that many learners fit is told in waves, in an order that can be drawn again."""

import json
from datetime import timedelta
from hashlib import sha256

import pytest

from accounts.models import User
from alerts.matching.match import Matched, match_openings
from alerts.models import UserAlert, Wave
from audit.models import AuditLog
from slots.models import SlotOpening
from tests.alerts.world import (
    DAY,
    NOW,
    make_center,
    make_opening,
    make_search,
    make_slot,
    make_user,
    set_config,
)

pytestmark = pytest.mark.django_db
SECONDS = timedelta(seconds=120)


@pytest.fixture(autouse=True)
def small_waves():
    set_config("alerts.wave_first", "2")


@pytest.fixture
def learners() -> list[User]:
    """Thirteen who fit: 2 in the first wave, 8 in the second, 3 in the last."""
    return [make_search().user for _ in range(13)]


@pytest.fixture
def opening(learners) -> SlotOpening:
    return make_opening(make_slot(make_center()))


def told(opening: SlotOpening) -> set[int]:
    return set(UserAlert.objects.filter(opening=opening).values_list("user", flat=True))


def told_by_wave(opening: SlotOpening) -> list[int]:
    found = opening.waves.order_by("number")
    return list(found.values_list("told", flat=True))


def match_all_waves(opening: SlotOpening) -> None:
    """Match at every moment at which a wave may be due."""
    for number in range(6):
        match_openings(now=NOW + number * SECONDS)


def test_as_many_as_the_first_wave_takes_are_told_at_once():
    opening = make_opening(make_slot(make_center()))
    for _ in range(2):
        make_search()
    match_openings(now=NOW)
    opening.refresh_from_db()
    assert len(told(opening)) == 2
    assert (opening.wave, opening.next_wave_at) == (None, None)
    assert not Wave.objects.exists()


def test_each_wave_is_four_times_the_one_before_until_all_have_been_told(opening, learners):
    match_all_waves(opening)
    assert told_by_wave(opening) == [2, 8, 3]
    assert told(opening) == {learner.pk for learner in learners}


def test_nobody_is_told_before_their_wave(opening):
    assert match_openings(now=NOW).alerts == 2
    assert match_openings(now=NOW + SECONDS - timedelta(seconds=1)) == Matched()
    assert match_openings(now=NOW + SECONDS) == Matched(waves=1, alerts=8)


def test_the_last_wave_before_the_minutes_are_over_tells_everyone_left(opening):
    set_config("alerts.waves_end_minutes", "4")
    match_all_waves(opening)
    assert told_by_wave(opening) == [2, 11]
    opening.refresh_from_db()
    assert opening.next_wave_at is None


def test_once_the_slot_has_gone_nobody_else_is_told(opening):
    match_openings(now=NOW)
    SlotOpening.objects.update(closed_at=NOW + timedelta(seconds=60), close_reason="gone")
    match_all_waves(opening)
    assert len(told(opening)) == 2


def test_a_slot_that_comes_back_in_the_reopen_window_goes_on_with_its_next_wave(opening):
    match_openings(now=NOW)
    SlotOpening.objects.update(closed_at=NOW + timedelta(seconds=60), close_reason="gone")
    match_openings(now=NOW + 2 * SECONDS)
    SlotOpening.objects.update(closed_at=None, close_reason=None)
    match_openings(now=NOW + 3 * SECONDS)
    assert told_by_wave(opening) == [2, 8]


def test_a_slot_few_days_away_is_told_to_everyone_at_once(learners):
    soon = make_opening(make_slot(make_center(), date=NOW.date() + timedelta(days=2)))
    later = make_opening(make_slot(make_center(), date=NOW.date() + timedelta(days=3)))
    match_openings(now=NOW)
    assert (len(told(soon)), len(told(later))) == (13, 2)


def test_everything_is_told_at_once_while_waves_are_off(opening):
    set_config("alerts.waves", "false")
    match_openings(now=NOW)
    assert len(told(opening)) == 13
    assert set(UserAlert.objects.values_list("wave", flat=True)) == {None}


def test_what_waits_is_told_at_once_when_waves_are_switched_off(opening):
    match_openings(now=NOW)
    set_config("alerts.waves", "false")
    match_openings(now=NOW + SECONDS)
    assert told_by_wave(opening) == [2, 11]


def test_those_with_the_fewest_alerts_of_the_last_seven_days_are_first(opening, learners):
    rested, *others = learners
    had = NOW - timedelta(days=1)
    for each in others:
        UserAlert.objects.create(user=each, slot=opening.slot, created_at=had)
    long_ago = NOW - timedelta(days=7, seconds=1)
    for _ in range(5):
        UserAlert.objects.create(user=rested, slot=opening.slot, created_at=long_ago)
    match_openings(now=NOW)
    assert rested.pk in told(opening)


def test_among_equals_the_lots_decide_and_anyone_can_draw_them_again(opening, learners):
    match_openings(now=NOW)
    opening.refresh_from_db()

    def lot(learner: User) -> str:
        return sha256(f"{opening.seed}:{learner.pk}".encode()).hexdigest()

    drawn = sorted(learners, key=lot)
    assert told(opening) == {learner.pk for learner in drawn[:2]}
    match_openings(now=NOW + SECONDS)
    assert told(opening) == {learner.pk for learner in drawn[:10]}
    assert opening.waves.get(number=2).last_lot == lot(drawn[9])


def test_each_opening_has_lots_of_its_own(learners):
    center = make_center()
    for day in range(20):
        make_opening(make_slot(center, date=DAY + timedelta(days=day)))
    match_openings(now=NOW)
    assert len({frozenset(told(each)) for each in SlotOpening.objects.all()}) > 1


def test_of_two_openings_in_a_batch_the_second_is_told_to_others(learners):
    """By the database's clock: the first one's alerts count for the second."""
    center = make_center()
    SlotOpening.objects.all().delete()
    openings = [
        make_opening(make_slot(center, date=DAY + timedelta(days=day)))
        for day in range(6)
    ]  # fmt: skip
    match_openings()
    assert [len(told(each)) for each in openings] == [2] * 6
    assert len(set.union(*map(told, openings))) == 12


def test_the_audit_log_says_with_what_was_drawn(opening):
    match_all_waves(opening)
    opening.refresh_from_db()
    entry = AuditLog.objects.get(action="opening.drawn")
    details = json.loads(entry.details)
    assert entry.subject_id == str(opening.pk)
    assert (details["seed"], details["waiting"]) == (str(opening.seed), 13)


def test_a_learner_who_has_heard_enough_takes_nobodys_turn(opening, learners):
    for _ in range(3):
        UserAlert.objects.create(
            user=learners[0], slot=opening.slot, state="sent", sent=True,
            sent_at=NOW - timedelta(hours=1), created_at=NOW - timedelta(days=30),
        )  # fmt: skip
    match_openings(now=NOW)
    found = UserAlert.objects.filter(opening=opening)
    assert found.filter(state="waiting").count() == 2
    assert found.get(state="suppressed").user == learners[0]


def test_who_no_longer_wants_it_when_their_turn_comes_is_not_told(opening, learners):
    match_openings(now=NOW)
    waiting = [learner for learner in learners if learner.pk not in told(opening)]
    waiting[0].searches.update(is_active=False)
    match_all_waves(opening)
    assert told(opening) == {learner.pk for learner in learners} - {waiting[0].pk}


def test_an_unverified_learner_is_in_no_wave(opening, learners):
    make_search(make_user(verified=False))
    match_all_waves(opening)
    assert told(opening) == {learner.pk for learner in learners}
