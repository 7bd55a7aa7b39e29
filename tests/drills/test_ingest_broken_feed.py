"""A feed that breaks in every way closes nothing, opens nothing and alerts nobody; a real return
is told of once more. With the real matching, and the mails that a server really gets."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.gis.geos import Point

from accounts.mail.smtp import mailer
from accounts.models import SavedSearch
from alerts.delivery.deliver import deliver
from alerts.matching.match import match_openings
from alerts.models import UserAlert
from slots.models import SlotOpening
from slots.openings import close_passed
from tests.drills.town import configure
from tests.people import learner
from tests.slots.feeds import Feed, keys, make_centers, open_slots, slot
from tests.smtp_sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.drill, pytest.mark.usual]

CODES = [f"C{number:02}" for number in range(97)]
FULL = [slot(code, number) for code in CODES for number in range(7)]
PLACE = Point(0.11, 51.56, srid=4326)


@pytest.fixture
def sink(settings):
    server = Sink()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    mailer().close()
    yield server
    mailer().close()
    server.close()


@pytest.fixture
def feed(db) -> Feed:
    """Of 97 centres, each with a learner's search around it."""
    make_centers(*CODES)
    configure(coalesce_seconds="0")
    search = SavedSearch.objects.create(
        user=learner(), location=PLACE, notification_radius=10, notification_method="email"
    )
    SavedSearch.objects.filter(pk=search.pk).update(
        created_at=datetime.now(UTC) - timedelta(days=30)
    )
    return Feed(centers=CODES)


def all_is_told() -> None:
    """Match, gather and send whatever there is."""
    close_passed()
    match_openings()
    deliver("email", seconds=30)


def at(codes: list[str]) -> list[dict]:
    return [row for row in FULL if row["center"] in codes]


def nothing_happened(sink: Sink) -> bool:
    """Each slot is open in its first episode, and nobody was told of any."""
    all_is_told()
    episodes = SlotOpening.objects.filter(closed_at=None, episode=1).count()
    still = open_slots() == keys(FULL) and episodes == SlotOpening.objects.count() == len(FULL)
    return still and not sink.received and not UserAlert.objects.exists()


def test_no_broken_batch_closes_opens_or_alerts_anything(feed, sink):
    for covered in (1, 2, 10, 50, 96, 97):
        outcome = feed.says(*at(CODES[:covered]), centers=CODES[:covered])
        assert outcome.closed == 0
    assert nothing_happened(sink)
    broken = {
        "empty": [],
        "empty again": [],
        "a tenth": FULL[::10],
        "half its centres missing": at(CODES[::2]),
        "the other half missing": at(CODES[1::2]),
    }
    for name, listed in broken.items():
        assert feed.says(*listed).status == "held", name
        assert nothing_happened(sink), name
    for covered in (1, 48, 97):
        outcome = feed.says(*at(CODES[:covered]), centers=CODES[:covered])
        assert (outcome.opened, outcome.closed) == (0, 0), covered
        assert nothing_happened(sink), covered
    assert feed.says(*FULL).unchanged == len(FULL)
    assert nothing_happened(sink)


def test_a_genuine_return_after_the_quiet_time_is_told_of_just_once_more(feed, sink):
    feed.says(*FULL[1:])
    feed.says(*FULL)
    all_is_told()
    feed.says(*FULL[1:])
    all_is_told()
    assert len(sink.received) == 1
    feed.says(*FULL, after=31)
    all_is_told()
    feed.says(*FULL)
    all_is_told()
    assert len(sink.received) == 2
    assert UserAlert.objects.filter(state="sent").count() == 2


def test_a_return_within_the_quiet_time_is_told_of_no_more(feed, sink):
    feed.says(*FULL[1:])
    feed.says(*FULL)
    all_is_told()
    feed.says(*FULL[1:])
    feed.says(*FULL)
    all_is_told()
    assert len(sink.received) == 1
    assert UserAlert.objects.count() == 1


def test_an_alert_that_expired_unsent_is_due_again_after_a_return_within_the_quiet_time(feed, sink):
    feed.says(*FULL[1:])
    feed.says(*FULL)
    match_openings()
    feed.says(*FULL[1:])
    all_is_told()
    assert UserAlert.objects.get().state == "expired"
    assert sink.received == []
    feed.says(*FULL)
    all_is_told()
    assert UserAlert.objects.get().state == "sent"
    assert len(sink.received) == 1


def test_of_two_sources_one_of_which_omits_what_the_other_lists_nobody_is_told_twice(feed, sink):
    other = Feed("other", CODES)
    feed.says(*FULL[1:])
    other.says(*FULL[300:], after=16)
    feed.says(*FULL)
    all_is_told()
    for _ in range(4):
        other.says(*FULL[300:])
        all_is_told()
        feed.says(*FULL)
        all_is_told()
    assert open_slots() == keys(FULL)
    assert SlotOpening.objects.count() == len(FULL)
    assert len(sink.received) == 1
