"""The page that says who is told first, with the figures of a month."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from alerts.answers import answer_alert
from alerts.models import UserAlert, Wave
from alerts.watching.fairness import read_month
from slots.models import SlotOpening
from tests.alerts.world import make_center, make_opening, make_slot, make_user, set_config

pytestmark = pytest.mark.django_db


def make_waves(*told: int, of: int, gone: bool = False, days_ago: float = 1) -> SlotOpening:
    """An opening that so many learners fit, so many of them told in each wave so far."""
    now = timezone.now()
    closed = {"closed_at": now, "close_reason": "gone"} if gone else {}
    opening = make_opening(make_slot(make_center()), **closed)
    so_far = 0
    for number, each in enumerate(told, 1):
        Wave.objects.create(
            opening=opening, number=number, waiting=of - so_far, told=each,
            told_so_far=so_far + each, told_at=now - timedelta(days=days_ago),
        )  # fmt: skip
        so_far += each
    return opening


@pytest.fixture(autouse=True)
def nothing_kept():
    cache.clear()


def test_a_month_counts_each_opening_once_by_its_last_wave():
    make_waves(15, 60, 25, of=100)
    make_waves(15, 60, of=400, gone=True)
    make_waves(15, of=50, gone=True)
    make_waves(15, of=50, gone=True, days_ago=31)
    assert read_month(timezone.now()) == {
        "openings": 3, "messages": 190, "gone_at_once": 1, "gone_early": 2,
        "spared": 325 + 35, "said_gone": 0, "said_got_it": 0,
    }  # fmt: skip


def test_a_month_counts_what_learners_said():
    opening = make_opening(make_slot(make_center()))
    for answer in ("gone", "gone", "got_it"):
        alert = UserAlert.objects.create(user=make_user(), slot=opening.slot, opening=opening)
        answer_alert(alert=alert, answer=answer)
    month = read_month(timezone.now())
    assert (month["said_gone"], month["said_got_it"]) == (2, 1)


def test_the_page_says_the_present_numbers_of_the_rule(client):
    set_config("alerts.wave_first", "7")
    set_config("alerts.wave_seconds", "45")
    page = client.get("/fairness/").content.decode()
    assert "we tell 7 first, then 28 more" in page
    assert "every 45 seconds" in page


def test_while_waves_are_off_the_page_says_that_everyone_is_told_at_once(client):
    set_config("alerts.waves", "false")
    assert "told of it at once" in client.get("/fairness/").content.decode()
