"""A batch that would close too much waits until it is confirmed or decided on."""

from datetime import timedelta

import pytest

from accounts.models import User
from audit import config
from audit.models import AuditLog, SystemConfig
from slots.models import FeedBatch, HeldSlot, SlotOpening
from slots.staff_changes import NotHeldError, drop_batch, release_batch
from tests.slots.feeds import (
    DAY,
    Feed,
    alarms,
    announced,
    keys,
    make_centers,
    open_slots,
    slot,
    slots,
)  # fmt: skip

pytestmark = pytest.mark.django_db

ALL = slots(40)
FEW = ALL[:10]


@pytest.fixture
def feed(db) -> Feed:
    """A feed with 40 open slots at one of its two centres."""
    make_centers("A", "B")
    feed = Feed(centers=("A", "B"))
    feed.says(*ALL)
    return feed


def held() -> list[FeedBatch]:
    return list(FeedBatch.objects.filter(status="held"))


def all_is_open() -> bool:
    return open_slots() == keys(ALL)


# When a batch is held


@pytest.mark.parametrize("listed", [0, 4, 19])
def test_a_batch_that_would_close_more_than_half_is_held(feed, listed):
    outcome = feed.says(*ALL[:listed])
    assert (outcome.status, outcome.opened, outcome.closed) == ("held", 0, 0)
    assert outcome.reason == (
        f"it would close {40 - listed} of the 40 open slots that it may close"
    )
    assert all_is_open()


def test_a_batch_that_closes_just_half_is_applied(feed):
    outcome = feed.says(*ALL[:20])
    assert (outcome.status, outcome.closed) == ("applied", 20)


def feed_of(count: int) -> Feed:
    """A feed that has just listed so many slots of one centre."""
    make_centers("A")
    feed = Feed()
    feed.says(*slots(count))
    return feed


@pytest.mark.parametrize("count", [5, 19, 20])
def test_a_batch_that_would_close_all_of_at_least_five_is_held(count):
    outcome = feed_of(count).says()
    assert (outcome.status, outcome.closed) == ("held", 0)
    assert outcome.reason.startswith(f"it would close {count} of the {count} ")


def test_a_batch_that_would_close_all_of_four_is_applied():
    assert feed_of(4).says().closed == 4


def test_of_fewer_than_20_all_but_one_may_close():
    assert feed_of(19).says(slot()).closed == 18


def test_of_20_more_than_half_may_not_close():
    assert feed_of(20).says(*slots(9)).status == "held"


def at_centers(count: int, each: int, names: list[str]) -> list[dict]:
    """The first slots of some of the centres."""
    return [row for name in names[:count] for row in slots(each, name)]


def test_a_batch_that_lists_nothing_at_a_third_of_its_centres_is_held():
    """Though they have the fewest slots, so that hardly any would close."""
    names = [f"C{number}" for number in range(10)]
    make_centers(*names)
    feed = Feed(centers=names)
    kept = at_centers(6, 20, names)
    feed.says(*kept, *at_centers(4, 1, names[6:]))
    outcome = feed.says(*kept)
    assert (outcome.status, outcome.closed) == ("held", 0)
    assert outcome.reason == "it lists nothing at 4 of 10 centres with open slots"
    assert len(open_slots()) == 124


def test_a_third_of_ten_centres_is_held_however_few_slots_they_have():
    names = [f"C{number}" for number in range(10)]
    make_centers(*names)
    feed = Feed(centers=names)
    feed.says(*at_centers(10, 1, names))
    assert feed.says(*at_centers(6, 1, names)).status == "held"


def test_a_batch_that_lists_nothing_at_fewer_of_its_centres_is_applied():
    names = [f"C{number}" for number in range(10)]
    make_centers(*names)
    feed = Feed(centers=names)
    feed.says(*at_centers(10, 3, names))
    assert feed.says(*at_centers(7, 3, names)).closed == 9


def test_of_few_centres_a_share_says_little():
    names = [f"C{number}" for number in range(9)]
    make_centers(*names)
    feed = Feed(centers=names)
    feed.says(*at_centers(3, 20, names), *at_centers(6, 1, names[3:]))
    assert feed.says(*at_centers(3, 20, names)).closed == 6


def test_a_centre_that_lists_other_slots_than_before_is_not_missing():
    names = [f"C{number}" for number in range(10)]
    make_centers(*names)
    feed = Feed(centers=names)
    kept = at_centers(5, 20, names)
    feed.says(*kept, *at_centers(5, 1, names[5:]))
    assert feed.says(*kept, *(slot(name, 30) for name in names[5:])).closed == 5


def test_the_share_is_a_setting(feed):
    SystemConfig.objects.create(key="slots.hold_close_percent", value="80")
    config.forget_cached()
    assert feed.says(*FEW).status == "applied"


def test_only_slots_that_the_batch_may_close_count(feed):
    other = Feed("other", ("A", "B"))
    other.says(*ALL, slot("B", 0), after=20)
    assert other.says(*ALL).closed == 1
    assert all_is_open()


def test_what_a_held_batch_would_open_stays_closed(feed):
    feed.says(slot("B", 0))
    assert all_is_open()


def test_staff_are_told_and_the_log_knows(feed):
    feed.says()
    assert [subject for subject, _ in alarms()] == ["held:feed"]
    assert "40 of the 40" in alarms()[0][1]
    assert AuditLog.objects.filter(action="batch.held").count() == 1


def test_a_held_batch_again_is_repeated(feed):
    feed.says(*FEW, sequence=70)
    again = feed.says(*FEW, sequence=70, observed_at=feed.now, after=0)
    assert again.status == "repeated"
    assert "held" in again.reason
    assert len(held()) == 1


def test_a_held_batch_keeps_the_source_from_growing_stale_but_is_not_its_newest(feed):
    before = feed.now
    feed.says()
    feed.source.refresh_from_db()
    assert feed.source.newest_observed_at == before


# Applied by itself


def test_the_next_batch_that_agrees_applies_it(feed):
    first = feed.says(*FEW)
    second = feed.says(*FEW, after=10)
    stored = FeedBatch.objects.get(pk=first.batch)
    assert (stored.status, stored.closed) == ("applied", 30)
    assert (second.status, second.closed) == ("applied", 0)
    assert open_slots() == keys(FEW)
    assert HeldSlot.objects.count() == 0


def test_it_closed_what_it_closed_when_it_was_observed(feed):
    feed.says(*FEW)
    observed = feed.now
    feed.says(*FEW)
    assert set(SlotOpening.objects.exclude(closed_at=None).values_list("closed_at", flat=True)) == {
        observed
    }


def test_an_empty_batch_never_confirms(feed):
    feed.says()
    assert feed.says().status == "held"
    assert feed.says(after=60).status == "held"
    assert all_is_open()


def test_a_batch_too_soon_after_does_not_confirm_but_a_later_one_does(feed):
    feed.says(*FEW)
    assert feed.says(*FEW, after=9).status == "held"
    assert feed.says(*FEW, after=1).status == "applied"
    assert held() == []


def test_a_batch_that_would_close_less_than_nine_tenths_of_it_does_not_confirm():
    feed = feed_of(60)
    feed.says(*slots(20))
    assert feed.says(*slots(25)).status == "held"
    assert open_slots() == keys(slots(60))


def test_a_batch_that_would_close_nine_tenths_of_it_confirms():
    feed = feed_of(60)
    feed.says(*slots(20))
    outcome = feed.says(*slots(24))
    assert (outcome.status, outcome.opened, outcome.unchanged) == ("applied", 4, 20)
    assert open_slots() == keys(slots(24))


def test_what_it_lists_besides_has_no_say_in_whether_it_confirms(feed):
    feed.says(*FEW)
    new = [slot("B", number) for number in range(20)]
    assert feed.says(*FEW[:8], *new).status == "applied"
    assert open_slots() == keys([*FEW[:8], *new])


def test_what_it_would_close_far_beyond_it_is_held_in_its_turn():
    feed = feed_of(60)
    first = feed.says(*slots(25))
    assert feed.says(slot(), slot(number=1)).status == "held"
    assert FeedBatch.objects.get(pk=first.batch).closed == 35
    assert open_slots() == keys(slots(25))


def test_of_fewer_than_20_an_empty_batch_confirms_an_empty_one():
    feed = feed_of(19)
    feed.says()
    assert feed.says(after=9).status == "held"
    assert feed.says(after=1).status == "applied"
    assert open_slots() == set()


@pytest.mark.parametrize("count", [5, 19, 20])
def test_an_empty_batch_between_two_equal_ones_announces_nothing(count):
    feed = feed_of(count)
    feed.says()
    feed.says(*slots(count), after=45)
    assert SlotOpening.objects.count() == count
    assert (held(), announced()) == ([], 0)


def test_what_another_source_has_seen_since_is_nothing_to_confirm(feed):
    feed.says(*FEW)
    Feed("other", ("A", "B")).says(*ALL[10:], after=40)
    assert feed.says(*FEW).status == "held"
    assert all_is_open()


def test_a_batch_that_covers_something_else_does_not_confirm(feed):
    feed.says(*FEW)
    assert feed.says(*FEW, centers=("A",)).status == "held"
    assert feed.says(*FEW, date_from=DAY).status == "held"
    assert all_is_open()


def test_a_batch_with_everything_again_drops_what_was_held(feed):
    first = feed.says(*FEW)
    feed.says(*ALL)
    assert FeedBatch.objects.get(pk=first.batch).status == "dropped"
    assert HeldSlot.objects.count() == 0
    assert all_is_open()


def test_only_the_newest_of_those_that_disagree_is_kept(feed):
    feed.says(*FEW)
    latest = feed.says()
    assert [batch.pk for batch in held()] == [latest.batch]


# After a mass closing


@pytest.fixture
def closed(feed) -> Feed:
    """A feed whose mass closing was confirmed."""
    feed.says(*FEW)
    feed.says(*FEW)
    assert len(open_slots()) == 10
    return feed


def test_what_returns_within_a_day_is_recorded_and_not_announced(closed):
    outcome = closed.says(*ALL, after=23 * 60)
    assert outcome.opened == 30
    assert SlotOpening.objects.filter(quiet="returned").count() == 30
    assert announced() == 0


def test_what_returns_within_the_quiet_time_makes_no_alert_due_again(feed):
    feed.says(*ALL, slot("B", 0))
    feed.says(*FEW)
    feed.says(*FEW)
    feed.says(*ALL, slot("B", 0), after=5)
    assert SlotOpening.objects.filter(closed_at=None).count() == 41
    assert SlotOpening.objects.exclude(resumed_at=None).count() == 0


def test_what_returns_after_a_day_is_announced(closed):
    SlotOpening.objects.exclude(closed_at=None).update(
        closed_at=closed.now - timedelta(hours=24, minutes=1)
    )
    closed.says(*ALL, after=0)
    assert announced() == 30


def test_what_closes_once_more_and_returns_is_announced(closed):
    closed.says(*ALL, after=60)
    closed.says(*ALL[:39])
    closed.says(*ALL, after=60)
    assert announced() == 1


# Decided on by staff


@pytest.fixture
def manager(db) -> User:
    return User.objects.create_user("manager@example.org", "a-long-password")


def test_staff_release_it(feed, manager):
    first = feed.says(*FEW)
    outcome = release_batch(batch=FeedBatch.objects.get(pk=first.batch), actor=manager)
    assert (outcome.status, outcome.closed) == ("applied", 30)
    assert open_slots() == keys(FEW)
    stored = FeedBatch.objects.get(pk=first.batch)
    assert (stored.status, stored.decided_by, stored.reason) == (
        "applied", manager, "released by staff",
    )  # fmt: skip
    assert AuditLog.objects.filter(action="batch.applied", user_id=manager.pk).count() == 1


def test_what_was_seen_since_stays_open_when_it_is_released(feed, manager):
    first = feed.says(*FEW)
    feed.says(ALL[20], slot("B", 3), complete=False)
    release_batch(batch=FeedBatch.objects.get(pk=first.batch), actor=manager)
    assert open_slots() == keys([*FEW, ALL[20], slot("B", 3)])


def test_what_closed_since_stays_closed_when_it_is_released(feed, manager):
    first = feed.says(*FEW)
    feed.says(*ALL[1:], date_from=DAY)
    release_batch(batch=FeedBatch.objects.get(pk=first.batch), actor=manager)
    assert keys([ALL[0]]).isdisjoint(open_slots())


def test_staff_drop_it(feed, manager):
    first = feed.says(*FEW)
    drop_batch(batch=FeedBatch.objects.get(pk=first.batch), actor=manager)
    stored = FeedBatch.objects.get(pk=first.batch)
    assert (stored.status, stored.decided_by) == ("dropped", manager)
    assert all_is_open()
    assert HeldSlot.objects.count() == 0
    assert AuditLog.objects.filter(action="batch.dropped", user_id=manager.pk).count() == 1


def test_a_batch_is_decided_on_once(feed, manager):
    batch = FeedBatch.objects.get(pk=feed.says(*FEW).batch)
    release_batch(batch=batch, actor=manager)
    with pytest.raises(NotHeldError):
        release_batch(batch=batch, actor=manager)
    with pytest.raises(NotHeldError):
        drop_batch(batch=batch, actor=manager)


def test_a_rejected_row_keeps_its_centre_unknown_when_the_batch_is_released(manager):
    make_centers("A", "B")
    feed = Feed(centers=("A", "B"))
    feed.says(*ALL, *slots(5, "B"))
    first = feed.says(slot("B", 0), slot("B", 1) | {"time": "25:00"})
    assert first.status == "held"
    release_batch(batch=FeedBatch.objects.get(pk=first.batch), actor=manager)
    assert open_slots() == keys(slots(5, "B"))
