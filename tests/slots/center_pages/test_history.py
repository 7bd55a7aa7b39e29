"""What is counted for the pictures of a centre, and how the pictures are laid out."""

from collections.abc import Collection
from datetime import UTC, date, datetime, time, timedelta

from slots.center_pages import pictures
from slots.center_pages.history import WEEKS, History
from slots.center_pages.pictures import HEIGHT, LABELS, NUMBERS, WIDTH, bars
from slots.querysets import LONDON

MONDAY = date(2026, 9, 7)


def opening(
    opened: datetime, *, minutes: int | None = None, reason: str = "gone", notice: int = 10
):
    closed = opened + timedelta(minutes=minutes) if minutes is not None else None
    day = opened.date() + timedelta(notice)
    return (opened, closed, reason if closed else None, day, "practical")


def history(*openings, unwatched: Collection[int] = (), weeks: int = WEEKS) -> History:
    """From MONDAY on, so many weeks, of which some (from 0) were not watched."""
    mondays = [MONDAY + timedelta(weeks=week) for week in range(weeks) if week not in unwatched]
    watched = {("practical", day): datetime.combine(day, time(), LONDON) for day in mondays}
    return History.of(openings, watched, MONDAY + timedelta(weeks=weeks - 1))


class TestCounts:
    def test_weeks_without_an_opening_count_nothing_and_are_there(self):
        found = history(opening(datetime(2026, 9, 8, 12, tzinfo=UTC)))
        assert len(found.weeks) == WEEKS
        assert found.weeks[MONDAY] == 1
        assert sum(found.weeks.values()) == found.total == 1

    def test_a_week_that_nobody_watched_counts_nothing_and_is_no_zero(self):
        found = history(opening(datetime(2026, 9, 8, 12, tzinfo=UTC)), unwatched=[2, 4])
        assert list(found.weeks.values())[:6] == [1, 0, None, 0, None, 0]
        assert found.unwatched == 2

    def test_it_begins_with_the_first_week_that_was_watched(self):
        found = history(unwatched=range(10))
        assert list(found.weeks) == [MONDAY + timedelta(weeks=10), MONDAY + timedelta(weeks=11)]
        assert found.since == MONDAY + timedelta(weeks=10)

    def test_what_is_known_of_a_time_that_nobody_watched_is_not_counted(self):
        found = history(opening(datetime(2026, 9, 8, 12, tzinfo=UTC)), unwatched=[0])
        assert found.total == 0

    def test_what_opened_before_the_first_look_of_its_week_is_not_counted(self):
        at = datetime(2026, 9, 8, 12, tzinfo=UTC)
        later = {("practical", MONDAY): at + timedelta(minutes=1)}
        assert History.of([opening(at)], later, MONDAY).total == 0
        assert History.of([opening(at)], {("practical", MONDAY): at}, MONDAY).total == 1

    def test_each_test_type_is_counted_from_when_it_was_watched_itself(self):
        at = datetime(2026, 9, 8, 12, tzinfo=UTC)
        assert History.of([opening(at)], {("theory", MONDAY): at}, MONDAY).total == 0

    def test_nobody_ever_watched(self):
        found = History.of([], {}, MONDAY)
        assert (found.since, found.weeks, found.unwatched) == (None, {}, 0)

    def test_hours_and_weekdays_are_londons(self):
        found = history(opening(datetime(2026, 9, 8, 23, 30, tzinfo=UTC)))
        assert found.hours == {(3, 0): 1}

    def test_only_slots_that_were_taken_say_how_long_they_stay(self):
        at = datetime(2026, 9, 8, 12, tzinfo=UTC)
        found = history(
            *(opening(at, minutes=minutes) for minutes in (10, 20, 30, 40, 50)),
            opening(at, minutes=9999, reason="passed"),
            opening(at),
        )
        spans = found.seconds_open
        assert (spans.lower, spans.median, spans.upper, spans.count) == (1200, 1800, 2400, 5)

    def test_one_value_has_no_quartiles(self):
        assert history(opening(datetime(2026, 9, 8, tzinfo=UTC), minutes=5)).seconds_open is None

    def test_notice_is_counted_in_classes_with_their_first_day_in(self):
        at = datetime(2026, 9, 8, 12, tzinfo=UTC)
        found = history(*(opening(at, notice=days) for days in (0, 6, 7, 27, 28, 56, 300)))
        assert found.notice == {0: 2, 7: 1, 14: 1, 28: 1, 56: 2}


class TestPictures:
    def test_the_highest_bar_fills_the_height_and_nothing_has_none(self):
        high, low, none = bars([("a", 10), ("b", 5), ("c", 0)]).bars
        assert high.height == HEIGHT - LABELS - NUMBERS
        assert low.height == high.height / 2
        assert none.height == 0
        assert high.y + high.height == low.y + low.height == HEIGHT - LABELS

    def test_no_values_at_all_draw_flat_bars(self):
        assert [bar.height for bar in bars([("a", 0), ("b", 0)]).bars] == [0, 0]

    def test_a_value_that_is_not_known_has_no_height(self):
        known, unknown = bars([("a", 5), ("b", None)]).bars
        assert (unknown.value, unknown.height) == (None, 0)
        assert known.height > 0

    def test_a_single_bar_does_not_fill_the_width(self):
        (only,) = bars([("a", 5)]).bars
        assert only.width < WIDTH / 3

    def test_an_hour_with_any_opening_is_never_drawn_as_empty(self):
        many = [opening(datetime(2026, 9, 8, 12, tzinfo=UTC))] * 100
        grid = pictures.hours(history(*many, opening(datetime(2026, 9, 9, 7, tzinfo=UTC))))
        shades = {cell.value: cell.shade for row in grid.rows for cell in row.cells}
        assert shades == {0: 0, 1: 1, 100: 3}

    def test_the_legend_says_which_numbers_a_shade_stands_for_and_leaves_none_out(self):
        for most in (1, 2, 3, 7, 100):
            many = [opening(datetime(2026, 9, 8, 12, tzinfo=UTC))] * most
            keys = pictures.hours(history(*many)).keys
            said = {number: key.shade for key in keys for number in range(key.first, key.last + 1)}
            assert said == {number: -(-3 * number // most) for number in range(1, most + 1)}
        assert [key.label for key in keys] == ["1–33", "34–66", "67–100"]

    def test_the_week_that_is_not_over_and_one_watched_in_part_are_marked(self):
        wednesday = datetime.combine(MONDAY + timedelta(days=2), time(), LONDON)
        mondays = [MONDAY + timedelta(weeks=week) for week in range(3)]
        watched = {("practical", day): datetime.combine(day, time(), LONDON) for day in mondays}
        whole = pictures.weeks(History.of([], watched, mondays[-1]))
        assert [bar.note for bar in whole.bars] == ["", "", "so far"]
        part = pictures.weeks(
            History.of([], watched | {("practical", MONDAY): wednesday}, mondays[-1])
        )
        assert [bar.note for bar in part.bars] == ["from 9/9", "", "so far"]

    def test_the_table_says_the_same_as_the_grid(self):
        grid = pictures.hours(history(opening(datetime(2026, 9, 8, 12, tzinfo=UTC))))
        assert grid.table == [("13:00", [0, 1, 0, 0, 0, 0, 0])]

    def test_notice_is_labelled_without_gaps(self):
        assert pictures.notice_labels() == ["0–6", "7–13", "14–27", "28–55", "56+"]
