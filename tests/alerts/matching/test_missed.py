"""A learner sees what was gone before their turn, and nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import SavedSearch, User
from alerts.matching.match import match_openings
from alerts.matching.missed import Missed, missed_turns
from alerts.models import UserAlert
from slots.models import SlotOpening
from tests.alerts.world import (
    NOW,
    make_center,
    make_opening,
    make_search,
    make_slot,
    set_config,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def small_waves():
    set_config("alerts.wave_first", "2")


@pytest.fixture
def learners() -> list[User]:
    return [make_search().user for _ in range(5)]


@pytest.fixture
def opening(learners) -> SlotOpening:
    """Told to two of five."""
    opening = make_opening(make_slot(make_center()))
    match_openings(now=NOW)
    return opening


def close(opening: SlotOpening) -> None:
    SlotOpening.objects.filter(pk=opening.pk).update(
        closed_at=NOW + timedelta(minutes=1), close_reason="gone"
    )


def missed(user: User) -> list[Missed]:
    since = timezone.now() - timedelta(hours=1)
    return missed_turns(user, since=since, now=NOW + timedelta(hours=1), most=50)


def those_told(opening: SlotOpening) -> set[int]:
    return set(UserAlert.objects.filter(opening=opening).values_list("user", flat=True))


def untold(learners: list[User], opening: SlotOpening) -> User:
    told = those_told(opening)
    return next(each for each in learners if each.pk not in told)


def test_who_was_told_missed_nothing_and_the_others_see_how_many_were(learners, opening):
    close(opening)
    told = those_told(opening)
    for learner in learners:
        expected = [] if learner.pk in told else [(opening.pk, 1, 2)]
        assert [(each.opening.pk, each.waves, each.told) for each in missed(learner)] == expected


def test_a_slot_that_is_still_open_may_yet_be_their_turn(learners, opening):
    assert missed(untold(learners, opening)) == []


def test_what_no_search_of_theirs_fits_is_not_shown(learners, opening):
    learner = untold(learners, opening)
    SavedSearch.objects.filter(user=learner).update(preferred_test_types=["theory"])
    close(opening)
    assert missed(learner) == []


def test_an_ended_search_misses_nothing(learners, opening):
    learner = untold(learners, opening)
    SavedSearch.objects.filter(user=learner).update(is_active=False)
    close(opening)
    assert missed(learner) == []


def test_a_search_saved_after_it_opened_missed_nothing(opening):
    late = make_search()
    SavedSearch.objects.filter(pk=late.pk).update(created_at=NOW + timedelta(seconds=30))
    close(opening)
    assert missed(late.user) == []


def test_an_opening_that_all_were_told_of_is_nobodys(learners):
    set_config("alerts.wave_first", "100")
    opening = make_opening(make_slot(make_center()))
    match_openings(now=NOW)
    close(opening)
    stranger = make_search()
    SavedSearch.objects.filter(pk=stranger.pk).update(created_at=NOW - timedelta(days=1))
    assert missed(stranger.user) == []
