"""How long the wait is at a centre: what is counted, what is not, and how centres are ordered."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from audit.clock import database_now
from centers.models import Center, NearestCenter
from slots.center_pages.measuring_waits import SeenOpening, measure_waits, wait_of
from slots.center_pages.plot import SMALL, plot
from slots.center_pages.waits import WaitOrder, read_waits
from slots.models import CenterWait, CoveredWeek, Slot, SlotOpening
from slots.querysets import LONDON
from tests.slots.places import make_center, open_slot, watch

MIDNIGHT = datetime(2026, 9, 7, tzinfo=LONDON)
FORTNIGHT = [(MIDNIGHT, MIDNIGHT + timedelta(days=14))]


def opening(
    *, day: float, until: float | None = None, ahead: int = 30, saw_it_open: bool = True,
    reason: str = "gone",
) -> SeenOpening:  # fmt: skip
    """Open from so many days after MIDNIGHT on, for a test so many days after the opening."""
    opened = MIDNIGHT + timedelta(days=day)
    closed = None if until is None else MIDNIGHT + timedelta(days=until)
    test_day = opened.date() + timedelta(days=ahead)
    return SeenOpening(opened, closed, reason if closed else None, test_day, saw_it_open)


def wait(*openings: SeenOpening, spans=FORTNIGHT) -> CenterWait:
    return wait_of(Center(pk=1, name="A"), openings, spans, now=spans[-1][1])


class TestFigures:
    def test_the_usual_wait_is_the_median_of_the_soonest_slot_at_each_noon(self):
        found = wait(opening(day=0, ahead=40), opening(day=4, until=14, ahead=12))
        assert [days for _, days in found.days] == [40, 39, 38, 37, *range(12, 2, -1)]
        assert found.usual_days == 9  # the lower of the two in the middle

    def test_a_noon_without_an_open_slot_is_a_longer_wait_than_any(self):
        found = wait(opening(day=0, until=6, ahead=40))
        assert (found.usual_days, found.days_without) == (None, 8)
        assert wait(opening(day=0, until=7.6, ahead=40)).usual_days == 39

    def test_what_was_open_when_first_seen_can_be_had_and_was_not_seen_to_open(self):
        found = wait(opening(day=0, ahead=40, saw_it_open=False))
        assert found.openings == 0
        assert found.days_without == 0

    def test_openings_a_week_go_by_the_time_that_someone_watched(self):
        assert wait(*[opening(day=1)] * 6).openings_a_week == 3

    def test_less_than_a_week_watched_says_nothing_of_a_week(self):
        found = wait(opening(day=1), spans=[(MIDNIGHT, MIDNIGHT + timedelta(days=2))])
        assert (found.openings, found.openings_a_week) == (1, None)
        assert found.watched_days == 2

    def test_nothing_is_said_of_a_time_that_nobody_watched(self):
        weeks = [(MIDNIGHT, MIDNIGHT + timedelta(days=7)),
                 (MIDNIGHT + timedelta(days=14), MIDNIGHT + timedelta(days=21))]  # fmt: skip
        found = wait(opening(day=10), opening(day=15), spans=weeks)
        assert found.openings == 1
        assert date(2026, 9, 14) not in dict(found.days)
        assert (len(found.days), found.openings_a_week) == (14, 0.5)

    def test_only_slots_that_were_taken_say_how_long_they_last(self):
        found = wait(
            opening(day=1, until=1.5), opening(day=1, until=3), opening(day=1, until=2),
            opening(day=1, until=13, reason="passed"), opening(day=1),
        )  # fmt: skip
        assert (found.taken, found.median_seconds_open) == (3, 86_400)

    def test_noon_is_londons_in_winter_and_summer(self):
        summer, winter = datetime(2026, 7, 1, 11, tzinfo=UTC), datetime(2026, 12, 1, 12, tzinfo=UTC)
        for noon in (summer, winter):
            second = [(noon, noon + timedelta(seconds=1))]
            assert list(wait(spans=second).soonest_by_day) == [noon.date().isoformat()]
            before = [(noon - timedelta(hours=1), noon)]
            assert wait(spans=before).soonest_by_day == {}


@pytest.mark.django_db
class TestMeasuring:
    def test_a_centre_is_measured_from_its_practical_openings_of_four_weeks(self):
        centre, now = make_center("Goodmayes"), database_now()
        watch(centre, now - timedelta(weeks=10))
        for days_ago in (1, 3, 27, 29, 60):
            opened = now - timedelta(days=days_ago)
            slot = open_slot(centre, timezone.localdate() + timedelta(days_ago), opened_at=opened)
            SlotOpening.objects.filter(slot=slot).update(
                closed_at=opened + timedelta(hours=2), close_reason="gone"
            )
        open_slot(centre, timezone.localdate() + timedelta(9), "10:00", test_type="theory",
                  opened_at=now)  # fmt: skip
        assert measure_waits(now) == 1
        found = CenterWait.objects.get()
        assert (found.openings, found.taken, found.median_seconds_open) == (3, 3, 7200)
        assert found.watched_days == pytest.approx(28, abs=0.1)
        assert len(found.soonest_by_day) == 28

    def test_a_slot_that_stays_open_from_before_the_four_weeks_counts_as_open(self):
        centre, now = make_center("Goodmayes"), database_now()
        watch(centre, now - timedelta(weeks=10))
        day = timezone.localdate() + timedelta(50)
        open_slot(centre, day, opened_at=now - timedelta(weeks=9))
        measure_waits(now)
        found = CenterWait.objects.get()
        assert (found.openings, found.days_without) == (0, 0)

    def test_who_is_no_longer_watched_or_has_closed_has_no_figures(self):
        one, other, now = make_center("A"), make_center("B"), database_now()
        for centre in (one, other):
            watch(centre, now - timedelta(weeks=2))
        assert measure_waits(now) == 2
        CoveredWeek.objects.filter(center=one).delete()
        Center.objects.filter(pk=other.pk).update(is_active=False)
        assert measure_waits(now + timedelta(seconds=1)) == 0
        assert not CenterWait.objects.exists()


@pytest.mark.django_db
class TestOrder:
    @pytest.fixture
    def centres(self) -> dict[str, Center]:
        return {name: make_center(name) for name in ("Bala", "Ayr", "Crewe")}

    def names(self, order: WaitOrder) -> list[str]:
        waits = read_waits(Center.objects.all(), order, now=database_now())
        return [wait.center.name for wait in waits]

    def test_the_soonest_practical_slot_open_now_comes_first_and_none_last(self, centres):
        day = timezone.localdate()
        open_slot(centres["Crewe"], day + timedelta(3))
        open_slot(centres["Bala"], day + timedelta(9))
        open_slot(centres["Ayr"], day + timedelta(1), test_type="theory")
        Slot.objects.create(
            center=centres["Ayr"], test_type="practical", date=day + timedelta(1), time="09:00",
            available=False,
        )  # fmt: skip
        assert self.names(WaitOrder.SOONEST) == ["Crewe", "Bala", "Ayr"]
        assert self.names(WaitOrder.NAME) == ["Ayr", "Bala", "Crewe"]

    def test_other_figures_put_what_is_not_known_last(self, centres):
        now = database_now()
        figures = {"measured_at": now, "since": now, "watched_days": 14}
        for name, openings, seconds, days in (("Bala", 3, 60, 20), ("Crewe", 9, 90, 10)):
            CenterWait.objects.create(
                center=centres[name], openings=openings, taken=1, median_seconds_open=seconds,
                soonest_by_day={"2026-11-02": days}, **figures,
            )  # fmt: skip
        for order in (WaitOrder.USUAL, WaitOrder.OPENINGS, WaitOrder.LASTING):
            assert self.names(order) == ["Crewe", "Bala", "Ayr"]

    def test_a_centre_that_was_watched_too_shortly_for_a_weekly_figure_comes_last_by_it(
        self, centres
    ):
        now = database_now()
        for name, openings, watched in (("Bala", 9, 2), ("Crewe", 1, 14)):
            CenterWait.objects.create(
                center=centres[name], openings=openings, taken=0, watched_days=watched,
                soonest_by_day={}, measured_at=now, since=now,
            )  # fmt: skip
        assert self.names(WaitOrder.OPENINGS)[0] == "Crewe"


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def centre(self) -> Center:
        centre, now = make_center("Goodmayes"), database_now()
        watch(centre, now - timedelta(weeks=3))
        open_slot(centre, timezone.localdate() + timedelta(9), opened_at=now - timedelta(days=5))
        make_center("Yeovil")
        measure_waits(now)
        return centre

    def test_the_list_says_how_long_the_wait_is_and_what_was_not_watched(self, client, centre):
        text = " ".join(client.get("/centers/").content.decode().split())
        assert "in 9 days" in text
        assert text.count('class="plot"') == 1
        assert "Seen since" in text
        assert text.count("Not watched in the last 4 weeks") == 1

    @pytest.mark.parametrize("order", WaitOrder)
    def test_each_order_is_a_link_that_says_that_it_is_chosen(self, client, centre, order):
        response = client.get(f"/centers/?order={order}")
        assert response.context["order"] == order
        assert f'order={order}" aria-current="true"' in response.content.decode()

    def test_an_order_that_there_is_none_of_is_by_name(self, client, centre):
        assert client.get("/centers/?order=x").context["order"] == WaitOrder.NAME

    def test_a_centre_says_since_when_and_draws_the_days(self, client, centre):
        response = client.get(f"/centers/{centre.pk}/")
        text = " ".join(response.content.decode().split())
        assert "Days until the soonest slot" in text
        assert f"since {timezone.localdate() - timedelta(weeks=3):%-d %B %Y}" in text
        assert "plot__line" in text

    def test_a_centre_that_nobody_watched_says_so_and_draws_nothing(self, client):
        text = client.get(f"/centers/{make_center('Yeovil').pk}/").content.decode()
        assert "so it can't say how long the wait usually is" in text
        assert "plot__line" not in text

    def test_beside_each_centre_that_a_test_can_be_moved_to_stands_its_soonest_slot(
        self, client, centre
    ):
        here, full = make_center("Wanstead"), make_center("Erith")
        for rank, other in enumerate([full, centre], 1):
            NearestCenter.objects.create(center=here, other=other, rank=rank)
        text = client.get(f"/centers/{here.pk}/").content.decode()
        listed = text.partition("Moving a test from here")[2].partition("</ol>")[0]
        erith, goodmayes = listed.split("<li>")[1:]
        assert "none open now" in erith
        assert "in 9 days" in goodmayes


class TestPlot:
    def test_a_day_without_a_slot_or_a_watch_is_a_gap(self):
        days = {"2026-11-02": 10, "2026-11-03": 20, "2026-11-04": None, "2026-11-06": 5,
                "2026-11-08": 5, "2026-11-09": 0}  # fmt: skip
        drawn = plot(CenterWait(soonest_by_day=days), SMALL)
        assert (drawn.line.count("M"), drawn.line.count("L"), len(drawn.dots)) == (2, 2, 1)
        assert drawn.most == 20

    def test_the_longest_wait_is_at_the_top_and_none_at_the_bottom(self):
        drawn = plot(CenterWait(soonest_by_day={"2026-11-02": 20, "2026-11-03": 0}), SMALL)
        assert drawn.line == "M2.0 2.0L82.0 26.0"

    def test_where_nothing_was_ever_open_nothing_is_drawn(self):
        assert plot(CenterWait(soonest_by_day={"2026-11-02": None})) is None
        assert plot(CenterWait(soonest_by_day={})) is None
