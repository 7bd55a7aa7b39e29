"""What a batch does to slots and their openings, rule by rule."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from audit.models import AuditLog
from centers.models import Center
from slots.ingestion.batches import make_batch
from slots.ingestion.ingest import ingest
from slots.models import CoveredWeek, FeedBatch, Slot, SlotOpening, Source, SourceBaseline
from slots.querysets import monday_of
from slots.staff_changes import release_batch
from tests.slots.feeds import (
    DAY,
    START,
    Feed,
    alarms,
    announced,
    keys,
    make_centers,
    open_slots,
    silence,
    slot,
    slots,
)  # fmt: skip

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def centers(db) -> list[Center]:
    return make_centers("A", "B")


@pytest.fixture
def feed() -> Feed:
    return Feed()


@pytest.fixture
def settled(feed) -> Feed:
    """A feed whose first batch, with slots 0 and 1, is in."""
    feed.says(slot(number=0), slot(number=1))
    return feed


def opening(number: int = 0, center: str = "A") -> SlotOpening:
    """The newest opening of a slot."""
    row = slot(center, number)
    return SlotOpening.objects.filter(
        slot__center__code=center, slot__time=row["time"], slot__date=DAY
    ).latest("episode")


# Baseline


def test_the_first_complete_batch_is_a_baseline_of_which_nobody_is_told(feed):
    outcome = feed.says(*slots(3))
    assert (outcome.status, outcome.opened) == ("baseline", 3)
    assert open_slots() == keys(slots(3))
    assert announced() == 0


def test_what_opens_after_the_baseline_is_announced(settled):
    outcome = settled.says(slot(number=0), slot(number=1), slot(number=2))
    assert (outcome.status, outcome.opened, outcome.unchanged) == ("applied", 1, 2)
    assert announced() == 1


def test_an_empty_first_batch_is_a_baseline_too(feed):
    assert feed.says().status == "baseline"
    feed.says(slot())
    assert announced() == 1


def test_a_centre_covered_for_the_first_time_is_quiet_and_the_others_are_not(settled):
    outcome = settled.says(
        slot(number=0), slot(number=1), slot(number=2), slot("B", 0), centers=("A", "B")
    )
    assert outcome.status == "applied"
    assert opening(2).quiet is None
    assert opening(0, "B").quiet == "baseline"


def test_each_test_type_has_a_baseline_of_its_own(settled):
    settled.says(
        slot(number=0), slot(number=1), slot(kind="theory"), test_types=("practical", "theory")
    )
    assert announced() == 0
    assert SourceBaseline.objects.count() == 2


def covered_weeks() -> list[tuple[str, str, date]]:
    """Centre, test type and Monday."""
    return list(CoveredWeek.objects.values_list("center__code", "test_type", "monday"))


def test_what_a_complete_batch_covers_is_known_to_have_been_watched_in_its_week(feed):
    feed.says(test_types=("practical", "theory"))
    began, monday = feed.now, monday_of(feed.now)
    assert covered_weeks() == [("A", "practical", monday), ("A", "theory", monday)]
    feed.says(slot(), after=0.01)
    assert set(CoveredWeek.objects.values_list("since", flat=True)) == {began}


def test_a_week_without_a_batch_was_not_watched(feed):
    feed.now -= timedelta(weeks=3)
    feed.says(slot())
    first = monday_of(feed.now)
    feed.says(slot(), after=2 * 7 * 24 * 60)
    assert [monday for *_, monday in covered_weeks()] == [first, first + timedelta(weeks=2)]


def test_nobody_watches_by_an_incomplete_batch_or_one_whose_rows_were_rejected(feed):
    feed.says(slot(), complete=False)
    feed.says(slot() | {"time": "25:00"})
    assert covered_weeks() == []


def test_a_held_batch_has_watched_once_it_is_released(settled):
    settled.says(*slots(30))
    CoveredWeek.objects.all().delete()
    held = settled.says()
    assert held.status == "held"
    assert covered_weeks() == []
    release_batch(batch=FeedBatch.objects.get(pk=held.batch), actor=None)
    assert len(covered_weeks()) == 1


def test_an_incomplete_batch_alerts_from_the_first(feed):
    assert feed.says(slot(), complete=False).status == "applied"
    assert announced() == 1


def test_each_source_has_a_baseline_of_its_own(settled):
    Feed("other").says(slot(number=7))
    assert opening(7).quiet == "baseline"


def heard_twice(settled: Feed, after: float) -> Feed:
    """Another source's first batch, so many minutes after the first that covered the centre."""
    other = Feed("other")
    other.says(slot(number=0), slot(number=1), slot(number=7), after=15 + after)
    return other


def test_what_is_new_where_another_source_has_looked_for_an_hour_is_announced(settled):
    heard_twice(settled, after=60)
    assert opening(7).quiet is None
    assert announced() == 1


def test_a_new_slot_that_a_sources_first_batch_lists_earlier_is_announced_once(settled):
    settled.says(*slots(2), after=3 * 24 * 60)
    Feed("other").says(*slots(3), after=3 * 24 * 60 + 29)
    settled.says(*slots(3), after=15)
    assert announced() == 1


def test_a_batch_of_which_all_is_new_to_its_source_is_a_baseline_though_it_announces(settled):
    heard_twice(settled, after=60)
    assert FeedBatch.objects.latest("id").status == "baseline"


def test_another_source_that_has_looked_for_less_than_an_hour_says_little(settled):
    heard_twice(settled, after=59)
    assert opening(7).quiet == "baseline"


def test_a_source_that_fell_silent_watches_nothing(settled):
    silence(settled)
    heard_twice(settled, after=60)
    assert opening(7).quiet == "baseline"


def test_a_source_that_was_switched_off_watches_nothing(settled):
    Source.objects.filter(pk=settled.source.pk).update(is_active=False)
    heard_twice(settled, after=60)
    assert opening(7).quiet == "baseline"


def test_a_source_that_looks_elsewhere_by_now_does_not_watch_the_centre(settled):
    settled.says(centers=("B",), after=61)
    heard_twice(settled, after=90)
    assert opening(7).quiet == "baseline"


def test_a_source_that_looks_at_each_centre_in_its_turn_watches_them_all(settled):
    settled.says(centers=("B",), after=59)
    heard_twice(settled, after=90)
    assert opening(7).quiet is None


# Closing


def test_a_complete_batch_closes_what_it_no_longer_lists(settled):
    outcome = settled.says(slot(number=0))
    assert (outcome.closed, outcome.unchanged) == (1, 1)
    gone = opening(1)
    assert (gone.closed_at, gone.close_reason) == (settled.now, "gone")
    assert not gone.slot.available


def test_an_incomplete_batch_closes_nothing(settled):
    assert settled.says(slot(number=0), complete=False).closed == 0
    assert len(open_slots()) == 2


def test_a_centre_that_is_not_covered_is_unknown(settled):
    settled.says(slot("B", 0), centers=("B",))
    assert len(open_slots()) == 3


def test_what_lies_outside_the_covered_dates_stays_open(settled):
    outcome = settled.says(date_from=DAY + timedelta(days=1), after=15)
    assert outcome.closed == 0
    assert settled.says(date_to=DAY - timedelta(days=1)).closed == 0
    assert settled.says(date_from=DAY, date_to=DAY).closed == 2


def test_a_test_type_that_is_not_covered_stays_open(settled):
    assert settled.says(test_types=("theory",)).closed == 0


def test_a_centre_with_a_rejected_row_is_unknown(settled):
    outcome = settled.says(slot(number=0), slot(number=1) | {"date": "2027-02-31"})
    assert outcome.closed == 0
    assert [row.row for row in outcome.rejected] == [2]


def test_a_centre_of_which_no_row_can_be_told_for_sure_is_unknown(settled):
    assert settled.says(slot("Nowhere", 0)).closed == 0


def test_a_centre_that_is_covered_under_an_unknown_name_hides_no_other(settled):
    outcome = settled.says(slot("Nowhere", 0), centers=("A", "Nowhere"))
    assert outcome.closed == 2
    assert "Nowhere" in outcome.reason


def test_a_row_outside_what_is_covered_is_rejected(settled):
    outcome = settled.says(slot(number=0), slot(number=1), slot("B", 0))
    assert [tuple(row) for row in outcome.rejected] == [(3, "outside covers")]
    assert len(open_slots()) == 2


def test_rows_at_a_closed_centre_are_left_aside(settled):
    Center.objects.filter(code="B").update(is_active=False)
    outcome = settled.says(slot(number=0), slot("B", 0), centers=("A", "B"))
    assert (outcome.rejected, outcome.opened) == ([], 0)
    assert outcome.reason == "1 row at closed centres left aside"


def test_a_duplicate_counts_once_and_is_said(settled):
    outcome = settled.says(slot(number=0), slot(number=2), slot(number=2), slot(number=1))
    assert (outcome.opened, outcome.unchanged) == (1, 2)
    assert outcome.reason == "1 duplicate row counted once"


def test_a_name_and_a_code_of_one_centre_are_the_same_slot(settled):
    outcome = settled.says(slot(number=0), slot(number=1), slot("  center a", 1))
    assert outcome.unchanged == 2


# Past


def test_a_past_row_is_counted_and_opens_nothing(feed):
    yesterday = slot(day=datetime.now(UTC).date() - timedelta(days=2))
    outcome = feed.says(yesterday, slot())
    assert (outcome.past, outcome.opened, outcome.rejected) == (1, 1, [])


def test_what_has_passed_is_not_closed_as_gone(settled):
    Slot.objects.update(date=datetime.now(UTC).date() - timedelta(days=2))
    assert settled.says().closed == 0


# Reopening


def test_a_slot_that_is_back_later_than_the_quiet_time_opens_again(settled):
    settled.says(slot(number=0))
    settled.says(slot(number=0), slot(number=1), after=31)
    again = opening(1)
    assert (again.episode, again.quiet, again.opened_at) == (2, None, settled.now)


def test_a_slot_that_is_back_within_the_quiet_time_goes_on(settled):
    settled.says(slot(number=0))
    outcome = settled.says(slot(number=0), slot(number=1), after=30)
    same = opening(1)
    assert (outcome.opened, same.episode, same.closed_at) == (1, 1, None)
    assert same.slot.available


def test_an_announced_opening_that_goes_on_says_so_for_its_alerts(settled):
    settled.says(slot(number=0), slot(number=1), slot(number=2))
    settled.says(slot(number=0), slot(number=1))
    settled.says(slot(number=0), slot(number=1), slot(number=2))
    assert opening(2).resumed_at is not None
    assert announced() == 1


def test_a_quiet_opening_that_goes_on_stays_quiet(settled):
    settled.says(slot(number=0))
    settled.says(slot(number=0), slot(number=1))
    assert (opening(1).quiet, opening(1).resumed_at) == ("baseline", None)


def test_the_quiet_time_goes_by_the_clock_of_the_source(settled):
    settled.says(slot(number=0))
    SlotOpening.objects.update(recorded_at=datetime.now(UTC) - timedelta(hours=5))
    settled.says(slot(number=0), slot(number=1), after=29)
    assert opening(1).episode == 1


def test_openings_are_recorded_by_the_databases_clock(settled):
    settled.says(slot(number=0), slot(number=1), slot(number=2))
    fresh = opening(2)
    assert fresh.opened_at == settled.now
    assert fresh.recorded_at - datetime.now(UTC) < timedelta(minutes=1)
    assert fresh.recorded_at > settled.now + timedelta(hours=1)


# Identity and order


def test_the_same_batch_again_changes_nothing_and_answers_the_same(settled):
    first = settled.says(slot(number=0), sequence=50)
    again = settled.says(slot(number=0), sequence=50, observed_at=settled.now, after=0)
    assert again.status == "repeated"
    assert (again.batch, again.closed) == (first.batch, 1)
    assert FeedBatch.objects.count() == 2


def test_the_order_of_rows_makes_no_other_batch(settled):
    rows = slots(3)
    settled.says(*rows, sequence=50)
    again = settled.says(*reversed(rows), sequence=50, observed_at=settled.now, after=0)
    assert again.status == "repeated"


def test_the_same_sequence_with_other_content_is_refused_and_staff_are_told(settled):
    settled.says(slot(number=0), sequence=50)
    again = settled.says(slot(number=0), slot(number=5), sequence=50)
    assert again.status == "refused"
    assert "sequence 50" in again.reason
    assert len(open_slots()) == 1
    sentence = "A batch of feed was refused: sequence 50 came before with other content."
    assert alarms() == [("refused:feed", sentence)]


def test_a_refused_batch_does_not_use_up_its_sequence(settled):
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert settled.says(sequence=9, observed_at=tomorrow).status == "refused"
    assert settled.says(slot(number=0), sequence=9).status == "applied"


def test_a_batch_observed_before_the_newest_changes_nothing(settled):
    outcome = settled.says(slot(number=5), observed_at=START)
    assert outcome.status == "stale"
    assert len(open_slots()) == 2


def test_a_batch_observed_at_the_same_moment_as_the_newest_counts(settled):
    assert settled.says(slot(number=0), after=0).status == "applied"


class TestIncompleteBatchesThatComeLate:
    """The source has been complete at centre A since, where it lists slots 0 and 1."""

    @pytest.fixture
    def late(self, settled):
        def says(*listed, **fields):
            return settled.says(*listed, observed_at=START, complete=False, **fields)

        return says

    def test_what_nobody_has_looked_at_since_opens(self, late):
        outcome = late(slot("B", 3))
        assert (outcome.status, outcome.opened) == ("applied", 1)
        assert (opening(3, "B").opened_at, opening(3, "B").quiet) == (START, None)

    def test_what_a_later_complete_batch_did_not_list_stays_closed(self, late):
        outcome = late(slot(number=5))
        assert (outcome.status, outcome.opened) == ("stale", 0)
        assert len(open_slots()) == 2

    def test_the_rest_of_such_a_batch_counts(self, late):
        outcome = late(slot(number=0), slot(number=5), slot("B", 3))
        assert (outcome.status, outcome.opened, outcome.unchanged) == ("applied", 1, 1)
        assert outcome.reason == "1 row no longer listed since"

    def test_what_lay_outside_the_later_batch_opens(self, settled, late):
        settled.says(centers=("B",), date_from=DAY + timedelta(days=1))
        assert late(slot("B", 3)).opened == 1
        assert late(slot("B", 3, day=DAY + timedelta(days=1))).status == "stale"
        assert late(slot(kind="theory")).opened == 1

    def test_what_another_source_did_not_list_opens(self, settled, late):
        Feed("other", ("B",)).says(after=40)
        assert late(slot("B", 3)).opened == 1

    def test_a_centre_whose_rows_were_rejected_was_not_looked_at(self, settled, late):
        settled.says(slot("B", 1) | {"time": "25:00"}, centers=("B",))
        assert late(slot("B", 3)).opened == 1

    def test_it_is_no_newest_observation(self, settled, late):
        late(slot("B", 3))
        settled.source.refresh_from_db()
        assert settled.source.newest_observed_at == START + timedelta(minutes=15)

    def test_what_a_held_batch_did_not_list_opens(self, settled, late):
        settled.says(*slots(5, "B"), centers=("B",))
        assert settled.says(centers=("B",)).status == "held"
        outcome = settled.says(
            slot("B", 30), observed_at=settled.now - timedelta(minutes=1), complete=False
        )
        assert outcome.opened == 1


class TestAClockThatIsAhead:
    """By 4 minutes, until someone puts it right."""

    AHEAD = timedelta(minutes=4)

    def test_what_comes_after_it_was_put_right_counts(self, feed):
        feed.says(observed_at=datetime.now(UTC) + self.AHEAD)
        outcome = feed.says(slot(), observed_at=datetime.now(UTC))
        assert (outcome.status, outcome.opened) == ("applied", 1)

    def test_so_it_does_when_neither_batch_is_complete(self, feed):
        for number, ahead in enumerate((self.AHEAD, timedelta())):
            when = datetime.now(UTC) + ahead
            assert feed.says(slot(number=number), observed_at=when, complete=False).opened == 1

    def test_it_is_kept_as_said_and_counts_as_now(self, feed):
        when = datetime.now(UTC) + self.AHEAD
        outcome = feed.says(slot(), observed_at=when)
        feed.source.refresh_from_db()
        assert FeedBatch.objects.get(pk=outcome.batch).observed_at == when
        counted = [feed.source.newest_observed_at, opening().opened_at, opening().slot.last_seen_at]
        assert max(counted) <= datetime.now(UTC)

    def test_nothing_closes_in_the_future(self, feed):
        feed.says(slot())
        feed.says(observed_at=datetime.now(UTC) + self.AHEAD)
        assert opening().closed_at <= datetime.now(UTC)

    def test_a_held_batch_of_it_waits_for_ten_minutes_by_our_clock(self, feed):
        feed.says(*slots(20))
        feed.says(slot(), observed_at=datetime.now(UTC) + self.AHEAD)
        early = FeedBatch.objects.get(status="held")
        FeedBatch.objects.filter(pk=early.pk).update(
            recorded_at=early.recorded_at - timedelta(minutes=9)
        )
        assert feed.says(slot(), observed_at=datetime.now(UTC)).status == "held"
        FeedBatch.objects.filter(pk=early.pk).update(
            recorded_at=early.recorded_at - timedelta(minutes=10)
        )
        assert feed.says(slot(), observed_at=datetime.now(UTC)).status == "applied"


def test_batches_without_a_sequence_have_no_identity(settled):
    for _ in range(2):
        assert settled.says(slot(number=3), complete=False, sequence=None).status == "applied"


@pytest.mark.parametrize(
    ("offset", "status"),
    [
        (timedelta(minutes=4), "applied"),
        (timedelta(minutes=6), "refused"),
        (timedelta(days=-400), "refused"),
    ],
)
def test_a_batch_may_be_a_little_ahead_and_not_absurdly_old(feed, offset, status):
    when = datetime.now(UTC) + offset
    assert feed.says(slot(), complete=False, observed_at=when).status == status


def test_a_source_that_is_switched_off_is_refused(feed):
    Source.objects.update(is_active=False)
    assert feed.says(slot()).status == "refused"
    assert open_slots() == set()


# Whose slot it is


def test_only_the_source_that_opened_a_slot_closes_it(settled):
    other = Feed("other")
    other.says()
    assert other.says().closed == 0
    assert len(open_slots()) == 2


def test_two_sources_of_which_one_omits_what_the_other_lists_make_no_slot_flap(settled):
    other = Feed("other")
    for _ in range(5):
        settled.says(*slots(4), after=15)
        other.says(*slots(2), after=15)
    assert open_slots() == keys(slots(4))
    assert SlotOpening.objects.count() == 4
    assert SlotOpening.objects.exclude(closed_at=None).count() == 0


def test_another_source_closes_what_a_stale_one_left(settled):
    silence(settled)
    assert Feed("other").says(slot(number=0)).closed == 1


def test_another_source_takes_over_what_a_stale_one_left(settled):
    silence(settled)
    other = Feed("other")
    other.says(slot(number=0), slot(number=1))
    assert {found.source for found in Slot.objects.all()} == {other.source}
    assert announced() == 0


def test_an_incomplete_batch_takes_nothing_over(settled):
    silence(settled)
    Feed("other").says(slot(number=0), complete=False)
    assert opening(0).slot.source == settled.source


def test_a_slot_that_reopens_belongs_to_who_reopened_it(settled):
    other = Feed("other")
    settled.says(slot(number=0))
    other.says(slot(number=0), slot(number=1), after=30)
    assert opening(1).slot.source == other.source
    settled.says(slot(number=0))
    assert len(open_slots()) == 2


def test_a_slot_inserted_by_hand_is_taken_over_or_closed(feed, centers):
    for number in range(2):
        Slot.objects.create(
            center=centers[0], test_type="practical", date=DAY, time=f"09:{number:02}"
        )
    outcome = feed.says(slot(number=0))
    assert (outcome.unchanged, outcome.closed) == (1, 1)
    assert Slot.objects.get(available=True).source == feed.source


def test_a_slot_shows_when_it_was_last_seen_by_anybody(settled):
    other = Feed("other")
    other.says(slot(number=0), after=60)
    assert opening(0).slot.last_seen_at == other.now
    settled.says(slot(number=0), slot(number=1))
    assert opening(0).slot.last_seen_at == other.now
    assert opening(1).slot.last_seen_at == settled.now


# However little the planner knows


def test_what_would_close_is_found_without_comparing_each_slot_with_each_row(settled):
    asked = []

    def note(execute, sql, params, many, context):
        if "closable" in sql:
            asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        settled.says(slot(number=0))
    (statement, values) = asked[0]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", values)
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "closable" in plan
    assert "Nested Loop" not in plan


# What else is written


def test_the_source_remembers_when_it_was_heard_and_what_was_newest(settled):
    settled.source.refresh_from_db()
    assert settled.source.newest_observed_at == settled.now
    assert datetime.now(UTC) - settled.source.heard_at < timedelta(minutes=1)


def test_the_outcome_is_stored_with_the_batch(settled):
    outcome = settled.says(slot(number=0), slot("Nowhere", 0))
    stored = FeedBatch.objects.get(pk=outcome.batch)
    assert (stored.status, stored.opened, stored.unchanged) == ("applied", 0, 1)
    assert stored.rejected[0]["row"] == 2
    assert stored.rejected[0]["center"] == "Nowhere"


def test_an_applied_batch_stands_in_the_audit_log(settled):
    assert AuditLog.objects.get().action == "batch.baseline"


def test_openings_are_said_once_they_are_committed(
    settled, heard, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        settled.says(*slots(5))
        assert heard == []
    assert heard == [3]


def test_nothing_is_said_when_nothing_is_to_be_announced(
    feed, heard, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        feed.says(*slots(5))
    assert heard == []


def test_a_refusal_is_recorded_as_a_batch(settled):
    outcome = settled.says(observed_at=datetime.now(UTC) + timedelta(hours=1))
    stored = FeedBatch.objects.get(pk=outcome.batch)
    assert (stored.status, stored.reason) == (
        "refused", "observed_at is more than 5 minutes ahead",
    )  # fmt: skip


def test_ingest_answers_for_the_source_as_it_is_now(feed):
    batch_of_a_stale_object = Source.objects.get(pk=feed.source.pk)
    feed.says(slot())
    old = make_batch(observed_at=START, slots=[])
    assert ingest(source=batch_of_a_stale_object, batch=old).status == "stale"
