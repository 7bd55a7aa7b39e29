"""What staff are told of sources."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import StaffAlarm
from slots.concerns import notice_silence
from slots.models import FeedBatch, Source
from tests.slots.feeds import Feed, alarms, make_centers, silence, slots

pytestmark = pytest.mark.django_db


@pytest.fixture
def feed(db) -> Feed:
    make_centers("A")
    feed = Feed()
    feed.says(*slots(30))
    return feed


def now() -> datetime:
    return datetime.now(UTC)


def test_a_source_that_falls_silent_is_told_of_once(feed):
    assert notice_silence(now()) == 0
    silence(feed, hours=2)
    assert notice_silence(now()) == 1
    assert notice_silence(now() + timedelta(hours=5)) == 0
    ((subject, sentence),) = alarms()
    assert subject == "silent:feed"
    assert sentence.startswith("Nothing was heard from feed for 2 hours, since ")


def test_a_source_that_falls_silent_again_is_told_of_again(feed):
    silence(feed, hours=2)
    notice_silence(now())
    feed.says(*slots(30))
    assert notice_silence(now()) == 0
    assert notice_silence(now() + timedelta(hours=2)) == 1


def test_a_source_is_silent_only_after_its_own_limit(feed):
    Source.objects.update(stale_after_minutes=240)
    silence(feed, hours=2)
    assert notice_silence(now()) == 0
    assert notice_silence(now() + timedelta(hours=3)) == 1


@pytest.mark.parametrize(
    "fields", [{"is_active": False}, {"heard_at": None}, {"name": Source.STAFF}], ids=str
)
def test_of_a_source_that_is_not_expected_to_speak_nobody_is_told(feed, fields):
    silence(feed, hours=2)
    Source.objects.update(**fields)
    assert notice_silence(now()) == 0


def test_an_alarm_of_a_held_batch_links_to_where_it_is_decided_on(feed):
    outcome = feed.says()
    assert StaffAlarm.objects.get().path == f"/admin/slots/feedbatch/{outcome.batch}/change/"


def test_an_alarm_of_other_content_links_to_the_refused_batch(feed):
    feed.says(*slots(30), sequence=50)
    feed.says(*slots(29), sequence=50)
    refused = FeedBatch.objects.get(status="refused")
    assert StaffAlarm.objects.get().path == f"/admin/slots/feedbatch/{refused.pk}/change/"
