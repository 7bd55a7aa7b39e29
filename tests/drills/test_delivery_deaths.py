"""Drills 3 and 9: a sender ends at each point of its work, one after the other."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from alerts.delivery.deliver import deliver
from alerts.models import Delivery, SenderJournal
from tests.alerts.waiting import fetch, make_waiting
from tests.drills.dying_sender import DEAD, POINTS

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]


@pytest.fixture
def here(sink, settings):
    """This process sends to the same server as the one that dies."""
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    return sink


def die_at(point: str) -> None:
    """Let a sender work up to there."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.drills.dying_sender", point],
        cwd=settings.BASE_DIR, check=False, capture_output=True, text=True,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "dvsa_alerts.settings"},
    )  # fmt: skip
    assert ended.returncode == DEAD, ended.stderr


def end_leases() -> None:
    """Let the lease of the one who died be over, and the turns in its journal."""
    over = timezone.now() - timedelta(seconds=1)
    SenderJournal.objects.update(look_until=over, lease_until=over)
    Delivery.objects.live().update(next_attempt_at=over)


@pytest.mark.usual
@pytest.mark.parametrize(
    ("point", "left_in", "doubts", "mails"),
    [
        ("claimed", "claimed", 0, 1),
        ("making", "claimed", 0, 1),
        ("marked", "sending", 0, 1),
        ("intended", "sending", 1, 1),
        ("handed over", "sending", 1, 2),
        ("finished", "accepted", 0, 1),
    ],
)
def test_a_death_loses_nothing_and_each_doubt_is_counted(here, point, left_in, doubts, mails):
    alert = make_waiting()
    die_at(point)
    assert Delivery.objects.get().state == left_in
    end_leases()
    deliver("email", seconds=20)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.in_doubt) == ("accepted", doubts)
    assert (len(here.received), fetch(alert).state) == (mails, "sent")


@pytest.mark.usual
def test_every_point_is_tried():
    points = {"claimed", "making", "marked", "intended", "handed over", "finished"}
    assert set(POINTS) == points


def test_a_message_that_kills_its_maker_has_failed_after_five(here):
    alert = make_waiting()
    for _ in range(5):
        die_at("making")
        end_leases()
    other = make_waiting()
    deliver("email", seconds=20)
    assert (fetch(alert).state, fetch(other).state) == ("failed", "sent")
    assert fetch(alert).state_reason == "not_made"
