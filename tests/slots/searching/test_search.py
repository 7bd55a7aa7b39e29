"""What a search finds, in which order, and how its parameters are read."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from centers.models import Center
from centers.querysets import point
from slots.models import Slot, Source
from slots.searching.forms import SlotSearchForm
from slots.searching.paging import read_page
from slots.searching.search import Cursor, Order, SlotSearch
from tests.slots.places import LATITUDE, LONGITUDE, make_center, make_postcode, open_slot

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
TODAY = date(2026, 11, 23)
SEARCH = SlotSearch(origin=point(latitude=LATITUDE, longitude=LONGITUDE), label="IG3 9UZ")

# Written apart from the code under test: no lateral, no cursor, one join, the distance itself.
EVERY_SLOT = """
    SELECT s.slot_id,
        ST_DistanceSpheroid(
            ST_SetSRID(ST_MakePoint(c.longitude::float8, c.latitude::float8), 4326),
            ST_SetSRID(ST_MakePoint(%(longitude)s, %(latitude)s), 4326),
            'SPHEROID["WGS 84",6378137,298.257223563]'
        ) / 1609.344 AS miles
    FROM drivingtestslots s JOIN dvsa_test_centers c ON c.center_id = s.center_id
    WHERE s.available AND c.is_active
        AND (s.date + s.time) AT TIME ZONE 'Europe/London' > %(now)s
        AND (s.test_type = ANY(%(types)s))
        AND to_char(s.date, 'ID')::int = ANY(%(weekdays)s)
        AND s.date BETWEEN %(first)s AND %(last)s
        AND s.time BETWEEN %(early)s AND %(late)s"""


def ids(search: SlotSearch, *, size: int = 25) -> list[int]:
    """All that a search finds, page after page."""
    return [slot.id for page in pages(search, size=size) for slot in page]


def pages(search: SlotSearch, *, size: int) -> Iterator[list[Any]]:
    while True:
        page = read_page(search, now=NOW, size=size)
        yield page.slots
        if page.next is None:
            return
        search = search.after(Cursor.parse(str(page.next)))


class TestPlaces:
    def test_a_centre_is_found_from_a_radius_on_that_reaches_it(self):
        slot = open_slot(make_center("6.9 miles north", north=0.1), TODAY + timedelta(3))
        assert ids(replace(SEARCH, radius=6)) == []
        assert ids(replace(SEARCH, radius=7)) == [slot.pk]
        assert 6.9 < read_page(SEARCH, now=NOW).slots[0].miles < 6.92

    def test_a_closed_centre_is_never_listed(self):
        open_slot(make_center("Closed", is_active=False), TODAY + timedelta(3))
        assert ids(SEARCH) == []

    def test_a_centre_without_a_position_is_found_only_when_chosen(self):
        centre = Center.objects.create(name="Nowhere", postcode="IG3 9UZ")
        slot = open_slot(centre, TODAY + timedelta(3))
        assert ids(SEARCH) == []
        assert ids(SlotSearch(centers=(centre.pk,))) == [slot.pk]

    def test_chosen_centres_stand_instead_of_the_radius(self):
        near = open_slot(make_center("Near"), TODAY + timedelta(3))
        far = make_center("Far", north=2)
        slot = open_slot(far, TODAY + timedelta(4))
        assert ids(SEARCH) == [near.pk]
        assert ids(replace(SEARCH, centers=(far.pk,))) == [slot.pk]

    def test_a_search_of_nowhere_finds_nothing(self):
        open_slot(make_center("Near"), TODAY + timedelta(3))
        assert ids(SlotSearch()) == []
        assert not Slot.objects.matching(SlotSearch(), NOW).exists()


class TestTimes:
    def test_a_slot_that_starts_this_minute_has_passed(self):
        centre = make_center("Near")
        open_slot(centre, TODAY, "09:30")
        later = open_slot(centre, TODAY, "09:31")
        assert ids(SEARCH) == [later.pk]

    def test_in_summer_the_clock_is_londons(self):
        centre = make_center("Near")
        day = date(2027, 6, 1)
        open_slot(centre, day, "10:30")
        slot = open_slot(centre, day, "10:31")
        page = read_page(SEARCH, now=datetime(2027, 6, 1, 9, 30, tzinfo=UTC))
        assert [found.id for found in page.slots] == [slot.pk]

    def test_windows_include_both_their_ends(self):
        centre = make_center("Near")
        slot = open_slot(centre, date(2026, 12, 1), "10:00")
        search = replace(
            SEARCH, date_from=slot.date, date_to=slot.date, weekdays=(2,),
            time_from=time(10), time_until=time(10),
        )  # fmt: skip
        assert ids(search) == [slot.pk]
        assert ids(replace(search, weekdays=(1, 3))) == []
        assert ids(replace(search, time_until=None, time_from=time(10, 1))) == []

    def test_a_slot_taken_meanwhile_is_gone_from_the_list(self):
        slot = open_slot(make_center("Near"), TODAY + timedelta(3))
        Slot.objects.filter(pk=slot.pk).update(available=False)
        assert ids(SEARCH) == []


class TestOrder:
    def test_slots_at_the_same_time_come_nearest_first(self):
        day = TODAY + timedelta(3)
        far = open_slot(make_center("Far", north=0.1), day)
        near = open_slot(make_center("Near", north=0.01), day)
        assert ids(SEARCH) == [near.pk, far.pk]

    def test_nearest_first_puts_a_late_slot_nearby_before_an_early_one_far_away(self):
        far = open_slot(make_center("Far", north=0.1), TODAY + timedelta(1))
        near = open_slot(make_center("Near", north=0.01), TODAY + timedelta(90))
        assert ids(SEARCH) == [far.pk, near.pk]
        assert ids(SEARCH.nearest_first) == [near.pk, far.pk]

    def test_a_page_that_holds_exactly_all_has_no_next(self):
        centre = make_center("Near")
        for day in range(1, 4):
            open_slot(centre, TODAY + timedelta(day))
        assert read_page(SEARCH, now=NOW, size=3).next is None
        assert read_page(SEARCH, now=NOW, size=2).next is not None

    def test_a_slot_says_who_saw_it_when_and_since_when_it_is_open(self):
        silent = Source.objects.create(name="feed", heard_at=NOW - timedelta(minutes=61))
        open_slot(make_center("Near"), TODAY + timedelta(2), source=silent, opened_at=NOW)
        found = read_page(SEARCH, now=NOW).slots[0]
        assert (found.source, found.opened_at, found.last_seen_at) == ("feed", NOW, NOW)
        assert found.is_stale
        assert not read_page(SEARCH, now=NOW - timedelta(minutes=1)).slots[0].is_stale


class TestAgainstIndependentSql:
    """Random slots and searches; the seed of each is in the test's name."""

    @pytest.mark.parametrize("seed", range(8))
    def test_pages_hold_exactly_what_one_plain_query_finds_in_the_same_order(self, seed):
        dice = random.Random(seed)
        self.scatter(dice)
        for _ in range(6):
            search = self.any_search(dice)
            expected = self.plainly(search)
            assert ids(search, size=dice.choice([1, 7, 25])) == expected, search
            assert set(Slot.objects.matching(search, NOW).values_list("pk", flat=True)) == set(
                expected
            )

    def scatter(self, dice: random.Random) -> None:
        centres = [
            make_center(f"C{n}", north=dice.gauss(0, 0.4), east=dice.uniform(-1.2, 1.2),
                        is_active=dice.random() > 0.1)
            for n in range(15)
        ]  # fmt: skip
        centres.append(make_center("Twin of C0", is_active=True))
        Center.objects.filter(name="C0").update(latitude=LATITUDE, longitude=LONGITUDE)
        wanted = {
            (centre, dice.choice(["practical", "practical", "theory"]),
             TODAY + timedelta(dice.randrange(-2, 30)), time(dice.randrange(8, 16)))
            for centre in centres for _ in range(12)
        }  # fmt: skip
        Slot.objects.bulk_create(
            Slot(center=c, test_type=kind, date=day, time=at, available=dice.random() > 0.2)
            for c, kind, day, at in sorted(wanted, key=lambda row: (row[0].pk, *row[1:]))
        )

    def any_search(self, dice: random.Random) -> SlotSearch:
        def maybe(value: Any, empty: Any = None) -> Any:
            return value if dice.random() < 0.4 else empty

        return replace(
            SEARCH,
            radius=dice.choice([1, 10, 25, 60, 200]),
            order=dice.choice(list(Order)),
            test_types=maybe(("theory",), ()),
            weekdays=maybe((1, 2, 6), ()),
            date_from=maybe(TODAY + timedelta(dice.randrange(0, 10))),
            date_to=maybe(TODAY + timedelta(dice.randrange(10, 30))),
            time_from=maybe(time(dice.randrange(8, 12))),
            time_until=maybe(time(dice.randrange(12, 16))),
        )

    def plainly(self, search: SlotSearch) -> list[int]:
        parameters = {
            "latitude": LATITUDE, "longitude": LONGITUDE, "now": NOW,
            "types": list(search.test_types or ("practical", "theory")),
            "weekdays": list(search.weekdays or range(1, 8)),
            "first": search.date_from or date.min, "last": search.date_to or date.max,
            "early": search.time_from or time.min, "late": search.time_until or time.max,
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(EVERY_SLOT, parameters)
            miles = {pk: found for pk, found in cursor.fetchall() if found <= search.radius}
        slots = Slot.objects.in_bulk(list(miles))

        def key(pk: int) -> tuple[Any, ...]:
            slot, away = slots[pk], round(miles[pk], 6)
            if search.order == Order.SOONEST:
                return (slot.date, slot.time, away, pk)
            return (away, slot.date, slot.time, pk)

        return sorted(miles, key=key)


class TestCost:
    def test_a_page_is_one_statement_however_many_slots_and_centres_there_are(self):
        for count in (1, 8):
            for number in range(count):
                centre = make_center(f"{count}-{number}")
                for day in range(1, 6):
                    open_slot(centre, TODAY + timedelta(day))
            with CaptureQueriesContext(connection) as queries:
                read_page(SEARCH, now=NOW)
            assert len(queries) == 1


class TestForm:
    @pytest.fixture(autouse=True)
    def place(self, db):
        make_postcode()

    @staticmethod
    def read(query: str) -> SlotSearchForm:
        return SlotSearchForm(QueryDict(query))

    def search_of(self, query: str) -> SlotSearch:
        form = self.read(query)
        assert form.is_valid(), form.errors
        return form.search

    def test_a_postcode_alone_searches_25_miles_soonest_first(self):
        search = self.search_of("postcode=ig39uz")
        assert (search.label, search.radius, search.order) == ("IG3 9UZ", 25, Order.SOONEST)

    def test_every_parameter_survives_in_the_link(self):
        centre = make_center("Chosen")
        query = (
            "postcode=IG3+9UZ&radius=10&test_type=practical&date_from=2099-01-01"
            "&date_to=2099-02-01&weekday=1&weekday=7&time_from=08%3A10&time_until=12%3A00"
            f"&center={centre.pk}&order=nearest"
            "&cursor=nearest_1.25_2099-01-05_08%3A10%3A00_5"
        )
        assert self.search_of(query).query == query
        assert self.search_of(self.search_of(query).query) == self.search_of(query)

    def test_a_position_is_rounded_to_three_decimals_in_the_link(self):
        search = self.search_of("near=51.5633333,0.1055555")
        assert search.query == "near=51.563%2C0.106&radius=25"

    def test_a_postcode_counts_before_a_position(self):
        assert self.search_of("postcode=IG3+9UZ&near=55,-3").label == "IG3 9UZ"

    def test_unknown_parameters_and_empty_ones_are_left_alone(self):
        query = "postcode=IG3+9UZ&utm_source=x&weekday=&test_type=&date_from=&center=&cursor="
        assert self.search_of(query) == self.search_of("postcode=IG3+9UZ")

    def test_a_sector_instead_of_the_postcode_itself_is_said(self):
        assert "middle of this postcode's area" in self.search_of("postcode=IG3+9UZ").note

    @pytest.mark.parametrize(
        ("query", "field", "words"),
        [
            ("", "postcode", "Enter a postcode"),
            ("postcode=", "postcode", "Enter a postcode"),
            ("postcode=BT1+1AA", "postcode", "not in Great Britain"),
            ("postcode=ZZ99+9ZZ", "postcode", ""),
            ("postcode=%F0%9F%9A%97", "postcode", ""),
            ("postcode=%D7%A9%D7%9C%D7%95%D7%9D", "postcode", ""),
            ("postcode=IG3%009UZ", "postcode", ""),
            ("postcode=" + "A" * 10_000, "postcode", "Enter a postcode"),
            ("postcode=IG3+9UZ&radius=0", "radius", "whole number of miles from 1"),
            ("postcode=IG3+9UZ&radius=-5", "radius", "whole number of miles from 1"),
            ("postcode=IG3+9UZ&radius=10000", "radius", "to 500"),
            ("postcode=IG3+9UZ&radius=2.5", "radius", "whole number"),
            ("postcode=IG3+9UZ&radius=many", "radius", "whole number"),
            ("postcode=IG3+9UZ&radius=" + "9" * 10_000, "radius", "whole number"),
            ("postcode=IG3+9UZ&test_type=lorry", "test_type", "practical, theory or both"),
            ("postcode=IG3+9UZ&weekday=8", "weekday", "1, Monday"),
            ("postcode=IG3+9UZ&weekday=monday", "weekday", "1, Monday"),
            ("postcode=IG3+9UZ&date_from=2027-02-30", "date_from", "Enter a date"),
            ("postcode=IG3+9UZ&date_to=2020-01-01", "date_to", "has passed"),
            (
                "postcode=IG3+9UZ&date_from=2099-02-02&date_to=2099-02-01",
                "date_to",
                "before the first",
            ),
            ("postcode=IG3+9UZ&time_from=25:00", "time_from", "Enter a time"),
            (
                "postcode=IG3+9UZ&time_from=12:00&time_until=08:00",
                "time_until",
                "before the earliest",
            ),
            ("postcode=IG3+9UZ&order=cheapest", "order", "soonest or nearest"),
            ("postcode=IG3+9UZ&center=0", "center", "list of centres"),
            ("postcode=IG3+9UZ&center=x", "center", "list of centres"),
            ("near=51.5", "near", "latitude,longitude"),
            ("near=nan,inf", "near", "not in Great Britain"),
            ("near=48.85,2.35", "near", "not in Great Britain"),
            ("postcode=IG3+9UZ&cursor=tampered", "cursor", "first page"),
            ("postcode=IG3+9UZ&cursor=soonest_nan_2099-01-05_08:10_5", "cursor", "first page"),
            ("postcode=IG3+9UZ&cursor=nearest_1.0_2099-01-05_08:10_5", "cursor", "first page"),
            (
                "postcode=IG3+9UZ&cursor=soonest_1.0_2099-01-05_08:10_99999999999999",
                "cursor",
                "first page",
            ),
            ("postcode=IG3+9UZ&cursor=" + "1" * 10_000, "cursor", ""),
        ],
    )
    def test_what_is_wrong_is_said_beside_its_field(self, query, field, words):
        errors = self.read(query).errors
        assert list(errors) == [field]
        assert words in str(errors[field][0])
