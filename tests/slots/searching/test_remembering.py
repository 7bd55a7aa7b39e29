"""A page of results is sent again only as long as it would come out the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from centers.models import Center, Postcode, PostcodeArea
from slots.models import ListingChange, Slot, SlotOpening, Source
from slots.searching.remembering import LONGEST_PAGE, Memory
from tests import databases
from tests.database_clock import database_at
from tests.slots.places import make_center, make_postcode, open_slot

SEARCH = "/slots/?postcode=IG3+9UZ"


@pytest.fixture
def slot(db) -> Slot:
    make_postcode()
    feed = Source.objects.create(name="north-feed", heard_at=timezone.now())
    day = timezone.localdate() + timedelta(5)
    opened = timezone.now() - timedelta(minutes=10)
    return open_slot(make_center("Goodmayes"), day, "08:10", source=feed, opened_at=opened)


def text_of(client, path: str = SEARCH) -> str:
    return client.get(path).content.decode()


class TestWrites:
    """Whatever a page shows is on it at once, however often the page was asked for before."""

    def test_a_slot_that_opened_is_there(self, client, slot):
        assert "15:15" not in text_of(client)
        open_slot(slot.center, slot.date, "15:15")
        assert "15:15" in text_of(client)

    def test_a_slot_that_is_taken_is_gone(self, client, slot):
        assert "08:10" in text_of(client)
        Slot.objects.update(available=False)
        assert "08:10" not in text_of(client)

    def test_a_slot_that_is_deleted_is_gone(self, client, slot):
        assert "08:10" in text_of(client)
        SlotOpening.objects.all().delete()
        Slot.objects.all().delete()
        assert "08:10" not in text_of(client)

    def test_a_slot_seen_again_says_so(self, client, slot):
        assert "Seen 10 minutes ago" in text_of(client)
        Slot.objects.update(last_seen_at=timezone.now())
        assert "Seen just now" in text_of(client)

    def test_an_opening_with_another_time_shows_it(self, client, slot):
        assert "opened 10 minutes ago" in text_of(client)
        SlotOpening.objects.update(opened_at=timezone.now())
        assert "opened just now" in text_of(client)

    def test_a_centre_by_its_new_name(self, client, slot):
        assert "Goodmayes" in text_of(client)
        Center.objects.update(name="Seven Kings")
        assert "Goodmayes" not in text_of(client)

    def test_a_centre_that_closed_is_gone(self, client, slot):
        assert "08:10" in text_of(client)
        Center.objects.update(is_active=False)
        assert "08:10" not in text_of(client)

    def test_a_source_that_falls_silent_is_said_to_be(self, client, slot):
        assert "May be gone" not in text_of(client)
        Source.objects.update(heard_at=timezone.now() - timedelta(hours=2))
        assert "May be gone" in text_of(client)

    def test_a_postcode_that_is_loaded_is_known(self, client, slot):
        path = "/slots/?postcode=SW1A+1AA"
        assert "There is a problem" in text_of(client, path)
        Postcode.objects.create(postcode="SW1A 1AA", latitude=51.5, longitude=-0.14)
        assert "There is a problem" not in text_of(client, path)
        PostcodeArea.objects.create(kind="outcode", area="SW2", latitude=51.4, longitude=-0.1)
        assert "There is a problem" not in text_of(client, "/slots/?postcode=SW2")

    @pytest.mark.django_db(transaction=True)
    def test_what_another_transaction_wrote_is_there_once_it_commits(self, client, slot):
        with psycopg.connect(
            dbname=connection.settings_dict["NAME"],
            user=settings.APPLICATION_ROLE,
            host=connection.settings_dict["HOST"],
        ) as other:
            assert "15:15" not in text_of(client)
            other.execute(
                "INSERT INTO drivingtestslots (center_id, test_type, date, time)"
                " VALUES (%s, 'practical', %s, '15:15')",
                (slot.center_id, slot.date),
            )
            assert "15:15" not in text_of(client)
            Slot.objects.update(last_seen_at=timezone.now())
            assert "15:15" not in text_of(client)
            other.commit()
            assert "15:15" in text_of(client)

    @pytest.mark.django_db(transaction=True)
    def test_emptied_tables_are_never_taken_for_what_they_were(self, client, slot):
        assert "08:10" in text_of(client)
        databases.empty(connection.settings_dict["NAME"])
        make_postcode()
        assert "08:10" not in text_of(client)


class TestTime:
    def test_the_next_minute_has_its_own_page(self, client, slot):
        assert "opened 10 minutes ago" in text_of(client)
        with database_at(timezone.now() + timedelta(minutes=1)):
            assert "opened 11 minutes ago" in text_of(client)

    def test_a_slot_that_has_started_is_gone_without_any_write(self, client, slot):
        tomorrow = timezone.localtime() + timedelta(days=1)
        local = tomorrow.replace(hour=10, minute=0, second=0, microsecond=0)
        Slot.objects.update(date=local.date(), time=local.time())
        with database_at(local - timedelta(seconds=1)):
            assert "Goodmayes" in text_of(client)
        with database_at(local):
            assert "Goodmayes" not in text_of(client)


class TestWhoSees:
    def test_an_unchanged_page_asks_for_its_marks_and_counts_the_request_only(self, client, slot):
        with database_at(timezone.now()):
            first = text_of(client)
            asked: list[str] = []
            with connection.execute_wrapper(_noting(asked)):
                assert text_of(client) == first
        tables = ("accounts_requestwindow", "slots_listingchange")
        assert [[table for table in tables if table in sql] for sql in asked] == [
            ["accounts_requestwindow"],
            ["slots_listingchange"],
        ]

    def test_somebody_signed_in_gets_their_own_page_and_nobody_else_does(self, client, slot):
        assert "Sign in" in text_of(client)
        client.force_login(User.objects.create(email="ann@example.org"))
        assert "Saved<span" in text_of(client)
        client.logout()
        client.cookies.clear()
        assert "Sign in" in text_of(client)

    def test_a_part_for_htmx_is_not_taken_for_the_page(self, client, slot):
        part = client.get(SEARCH, headers={"HX-Request": "true"})
        whole = client.get(SEARCH)
        assert "<header" not in part.content.decode()
        assert "<header" in whole.content.decode()
        again = client.get(SEARCH, headers={"HX-Request": "true"})
        assert again.headers["HX-Push-Url"] == part.headers["HX-Push-Url"]
        assert "HX-Request" in again.headers["Vary"]


def _noting(asked: list[str]) -> Callable[..., Any]:
    def note(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    return note


class TestMarks:
    def test_what_lists_do_not_show_leaves_none(self, slot):
        before = ListingChange.objects.count()
        SlotOpening.objects.update(matched_at=timezone.now())
        Source.objects.update(next_poll_at=timezone.now(), failures=3)
        assert ListingChange.objects.count() == before

    def test_old_ones_go_with_the_next_write(self, slot):
        ListingChange.objects.update(at=timezone.now() - timedelta(minutes=2))
        Slot.objects.update(available=False)
        assert ListingChange.objects.count() == 1


class TestMemory:
    def test_the_page_asked_for_longest_ago_goes_first(self, client, db):
        pages = Memory(2)
        page = client.get("/")
        for key in ("a", "b"):
            pages.keep(key, page)
        assert pages.get("a")
        pages.keep("c", page)
        assert [key for key in "abc" if pages.get(key)] == ["a", "c"]

    def test_a_very_long_page_is_not_kept(self, client, db):
        pages = Memory(2)
        page = client.get("/")
        page.content = b"x" * (LONGEST_PAGE + 1)
        pages.keep("a", page)
        assert pages.get("a") is None
