"""Why a user did or did not get an alert of an opening."""

from datetime import timedelta
from hashlib import sha256

import pytest

from accounts.models import SavedSearch, User
from alerts.matching.match import match_openings
from alerts.models import UserAlert
from alerts.watching.explaining import explain
from centers.models import Center
from slots.models import Slot
from tests.alerts.world import (
    DAY,
    NOW,
    TIME,
    make_center,
    make_opening,
    make_search,
    make_slot,
    make_user,
    set_config,
)

pytestmark = pytest.mark.django_db
# Each makes one rule fail: the field, a value that the slot doesn't fit, and the rule's words.
MISFITS = [
    ({"is_active": False}, "The search is active"),
    ({"paused_until": NOW + timedelta(days=1)}, "It was not paused"),
    ({"created_at": NOW}, "It was saved before the slot opened"),
    ({"preferred_test_types": ["theory"]}, "The test type is wanted"),
    ({"date_from": DAY + timedelta(days=1)}, "The date is in its window"),
    ({"weekdays": [2]}, "The day of the week is wanted"),
    ({"time_until": TIME.replace(hour=7)}, "The time is in its window"),
    ({"current_test_date": DAY}, "It is early enough before the present test"),
    ({"min_notice_days": 365}, "It leaves enough notice"),
]


@pytest.fixture
def center():
    return make_center()


@pytest.fixture
def opening(center):
    return make_opening(make_slot(center))


def failed(user, opening) -> list[str]:
    explained = explain(user=user, opening=opening).searches[0]
    return [answer.rule for answer in explained.answers if not answer.holds]


def test_a_search_that_fits_holds_every_rule(opening):
    search = make_search()
    explanation = explain(user=search.user, opening=opening)
    assert [each.fits for each in explanation.searches] == [True]
    assert all(answer.holds for answer in explanation.searches[0].answers)


@pytest.mark.parametrize(("fields", "rule"), MISFITS, ids=[rule for _, rule in MISFITS])
def test_a_rule_that_does_not_hold_is_named_alone(opening, fields, rule):
    search = make_search(**fields)
    assert failed(search.user, opening) == [rule]


def test_a_centre_that_is_too_far_away_is_named_with_the_miles(opening):
    search = make_search(place=(52.56, 0.11))
    answers = explain(user=search.user, opening=opening).searches[0].answers
    answer = next(each for each in answers if "near enough" in each.rule)
    assert not answer.holds
    assert answer.values == "69.1 miles; wanted: at most 25"


def test_a_centre_that_was_not_chosen_is_named_with_those_that_were(opening):
    search = make_search(centers=[make_center()])
    assert failed(search.user, opening) == ["The centre is near enough, or one of those chosen"]


def test_a_closed_centre_is_named(center, opening):
    search = make_search()
    Center.objects.filter(pk=center.pk).update(is_active=False)
    assert failed(search.user, opening) == ["The test centre is in use"]


@pytest.mark.parametrize(
    "fields", [*(fields for fields, _ in MISFITS), {}], ids=[*(rule for _, rule in MISFITS), "fits"]
)
def test_the_answers_agree_with_what_matching_writes(opening, fields):
    search = make_search(**fields)
    explained = explain(user=search.user, opening=opening).searches[0]
    match_openings(now=NOW)
    assert search.user.alerts.exists() is explained.fits


def test_the_verdict_says_that_the_account_is_disabled(opening):
    search = make_search()
    User.objects.filter(pk=search.user_id).update(is_active=False)
    explanation = explain(user=User.objects.get(pk=search.user_id), opening=opening)
    assert explanation.verdict == (
        "There is no alert, because this does not hold: the account is active."
    )


def test_the_verdict_says_that_the_address_is_not_verified(opening):
    explanation = explain(user=make_user(verified=False), opening=opening)
    assert "the email address is verified" in explanation.verdict


def test_the_verdict_says_what_became_of_an_alert(opening):
    search = make_search()
    match_openings(now=NOW)
    opening.refresh_from_db()
    explanation = explain(user=search.user, opening=opening)
    assert explanation.verdict == "There is an alert, and it is waiting."


def test_a_search_that_was_changed_after_matching_is_marked(opening):
    search = make_search()
    match_openings(now=NOW)
    opening.refresh_from_db()
    SavedSearch.objects.filter(pk=search.pk).update(updated_at=NOW + timedelta(hours=1))
    assert explain(user=search.user, opening=opening).searches[0].changed_since


class TestTurns:
    """An opening that is told in waves."""

    @pytest.fixture
    def waiting(self, opening) -> User:
        """The last of thirteen in the draw, of whom two have been told."""
        set_config("alerts.wave_first", "2")
        users = {make_search().user for _ in range(13)}
        match_openings(now=NOW)
        # In the last days of a year it is told within the week before NOW.
        UserAlert.objects.update(created_at=NOW)
        opening.refresh_from_db()
        return max(users, key=lambda user: sha256(f"{opening.seed}:{user.pk}".encode()).digest())

    def test_before_their_turn_it_is_said_when_it_comes(self, opening, waiting):
        verdict = explain(user=waiting, opening=opening).verdict
        assert verdict == "There is no alert yet: their turn is to come (wave 3 of 3)."

    def test_it_is_said_that_the_slot_was_gone_before_their_turn(self, opening, waiting):
        opening.closed_at, opening.close_reason = NOW, "gone"
        opening.save()
        Slot.objects.update(available=False)
        explained = explain(user=waiting, opening=opening)
        assert explained.verdict == (
            "There is no alert: the slot was gone before their turn (wave 3 of 3)."
        )
        assert (explained.place.number, explained.place.of) == (13, 13)

    def test_who_was_told_and_who_is_not_in_the_draw_have_no_turn(self, opening, waiting):
        told = opening.alerts.first().user
        other = make_search(date_to=DAY - timedelta(days=1)).user
        assert explain(user=told, opening=opening).place is None
        assert explain(user=other, opening=opening).place is None
