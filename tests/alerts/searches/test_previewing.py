"""Looking over a search counts what it would have told of, and never at everyone's cost."""

from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from alerts.matching import counting
from alerts.searches import previewing
from audit import config
from audit.models import SystemConfig
from audit.statement_time import is_too_slow, statements_within
from tests.alerts.world import make_center, make_opening, make_slot
from tests.slots.places import make_postcode

pytestmark = pytest.mark.django_db
PREVIEW = "/searches/new/?postcode=IG3+9UZ&radius=25"


@pytest.fixture
def openings():
    make_postcode()
    center = make_center()
    for days in range(1, 4):
        slot = make_slot(center, date=timezone.localdate() + timedelta(days=days))
        make_opening(slot, recorded_at=timezone.now())


def shown(client) -> str:
    answer = client.get(PREVIEW)
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_says_how_many(client, openings):
    assert "<strong>3 slots</strong>" in shown(client)


@pytest.fixture
def two_a_day(openings):
    """14 openings in the 7 days that are looked at."""
    center = make_center()
    for days in range(1, 12):
        slot = make_slot(center, date=timezone.localdate() + timedelta(days=days))
        make_opening(slot, recorded_at=timezone.now())


def settle_limit(value: str) -> None:
    SystemConfig.objects.create(key="alerts.daily_message_limit", value=value)
    config.forget_cached()


def test_more_a_day_than_we_send_is_said_with_both_ways_out(client, two_a_day):
    settle_limit("1")
    said = "That is about 2 a day: we send at most 1 message a day. Narrow it"
    assert said in shown(client)


@pytest.mark.parametrize(("limit", "choice"), [("2", ""), ("1", "&digest=18:00")])
def test_what_we_can_send_or_goes_in_one_summary_is_no_warning(client, two_a_day, limit, choice):
    settle_limit(limit)
    assert "at most" not in client.get(f"{PREVIEW}{choice}").content.decode()


def test_it_does_not_count_on_for_ever(client, openings, monkeypatch):
    monkeypatch.setattr(counting, "MOST_COUNTED", 2)
    monkeypatch.setattr("alerts.pages.composing.MOST_COUNTED", 2)
    assert "<strong>more than 2 slots</strong>" in shown(client)


def test_while_another_counts_the_page_comes_without_the_number(client, openings):
    """The attack: 16 wide previews at once held every thread for 5 s."""
    with previewing._one_at_a_time:
        assert "can’t count just now" in shown(client)
    assert "<strong>3 slots</strong>" in shown(client)


def test_one_that_takes_too_long_is_given_up_and_the_page_comes(client, openings, monkeypatch):
    def slow(*args, **kwargs):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(previewing, "SECONDS", 0.02)
    monkeypatch.setattr(previewing, "openings_fitting", slow)
    assert "can’t count just now" in shown(client)
    monkeypatch.undo()
    assert "<strong>3 slots</strong>" in shown(client)


class TestStatements:
    def sleep(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(60)")

    def test_one_that_takes_too_long_is_ended_and_known_by_that(self):
        with pytest.raises(OperationalError) as ended, statements_within(0.02):
            self.sleep()
        assert is_too_slow(ended.value)
        assert not is_too_slow(OperationalError())

    def test_afterwards_all_is_as_before(self):
        with statements_within(7):
            pass
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)

    def test_a_page_that_takes_too_long_says_so(self, client, monkeypatch):
        def slow(*args, **kwargs):
            with statements_within(0.02):
                self.sleep()

        monkeypatch.setattr("slots.center_pages.center_views.by_letter", slow)
        answer = client.get("/centers/")
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert "This took too long" in answer.content.decode()

    def test_so_does_the_api(self, client, monkeypatch):
        def slow(*args, **kwargs):
            with statements_within(0.02):
                self.sleep()

        monkeypatch.setattr("slots.api.views.read_page", slow)
        answer = client.get("/api/v1/slots/?near=51.563,0.105")
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert answer["Content-Type"] == "application/problem+json"
