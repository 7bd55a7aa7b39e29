"""Pausing and narrowing from a mail: one press, no sign-in, nothing on a GET, and a way back."""

import html
import re
from datetime import time, timedelta
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import SavedSearch
from alerts.messages import links
from audit.clock import database_today
from centers.models import PostcodeArea
from tests.alerts.waiting import make_waiting
from tests.alerts.world import GOODMAYES, make_center, make_search
from tests.people import learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    PostcodeArea.objects.create(
        kind="outcode", area="IG3", latitude=GOODMAYES[0], longitude=GOODMAYES[1]
    )
    return learner()


@pytest.fixture
def search(ada):
    return make_search(ada, postcode="IG3", notification_radius=10)


@pytest.fixture
def mailbox() -> Client:
    """A browser without a cookie; CSRF is checked as in real life."""
    return Client(enforce_csrf_checks=True)


def pressed(page, name: str) -> str:
    """The value of a button."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found
    return html.unescape(found[1])


class TestPause:
    """“Pause it” in a mail."""

    @pytest.fixture
    def link(self, ada, search):
        return urlsplit(links.pause_url(user_id=ada.pk, search_ids=[search.pk])).path

    def paused_until(self):
        return SavedSearch.objects.get().paused_until

    def test_reading_the_page_changes_nothing(self, mailbox, link):
        assert "For a week" in mailbox.get(link).content.decode()
        assert self.paused_until() is None

    def test_for_a_week_it_rests_until_that_day_begins(self, mailbox, link):
        page = mailbox.post(link, {"week": "1"}).content.decode()
        day = database_today() + timedelta(days=7)
        assert timezone.localtime(self.paused_until()).date() == day
        assert f"{day:%A} {day.day} {day:%B}" in page

    def test_until_i_say_it_rests_and_no_day_is_named(self, client, mailbox, ada, link):
        page = mailbox.post(link, {"open": "1"}).content.decode()
        assert "until you start them again" in page
        client.force_login(ada)
        listed = client.get("/searches/").content.decode()
        assert "Paused</span>" in listed

    @pytest.mark.parametrize("how", ["week", "open"])
    def test_it_is_undone_by_one_press(self, mailbox, link, how):
        page = mailbox.post(link, {how: "1"})
        mailbox.post(link, {"undo": pressed(page, "undo")})
        assert self.paused_until() is None

    def test_other_searches_go_on(self, mailbox, ada, link):
        other = make_search(ada)
        mailbox.post(link, {"week": "1"})
        other.refresh_from_db()
        assert other.paused_until is None

    def test_an_ended_search_is_not_started_by_it(self, mailbox, search, link):
        SavedSearch.objects.update(is_active=False)
        page = mailbox.post(link, {"week": "1"}).content.decode()
        assert "nothing to pause" in page
        assert (self.paused_until(), SavedSearch.objects.get().is_active) == (None, False)

    def test_what_none_of_our_buttons_sends_changes_nothing(self, mailbox, link):
        assert mailbox.post(link, {"x": "1"}).status_code == 400
        assert self.paused_until() is None

    def test_a_cut_off_link_says_so(self, mailbox, link):
        assert mailbox.get(f"{link[:-9]}/").status_code == 404

    def test_where_the_learner_looks_is_not_said(self, mailbox, link):
        assert "IG3" not in mailbox.get(link).content.decode()


class TestNotForMe:
    """“Not for me” beside a slot."""

    @pytest.fixture
    def alert(self, ada, search):
        make_center(latitude=GOODMAYES[0] + 0.01)
        center = make_center(latitude=GOODMAYES[0] + 0.06)
        return make_waiting(ada, search=search, center=center, miles=4.147, at=time(9, 30))

    @pytest.fixture
    def link(self, alert):
        return urlsplit(links.not_for_me_url(alert.pk)).path

    def test_reading_the_page_changes_nothing(self, mailbox, search, link):
        before = SavedSearch.objects.values().get()
        assert "Nothing at 09:30 or later" in mailbox.get(link).content.decode()
        assert SavedSearch.objects.values().get() == before

    def test_one_press_drops_the_weekday(self, mailbox, alert, link):
        weekday = f"{alert.slot.date:%A}s"
        mailbox.post(link, {"way": f"Not on {weekday}"})
        assert alert.slot.date.isoweekday() not in SavedSearch.objects.get().weekdays

    def test_one_press_drops_the_time(self, mailbox, link):
        mailbox.post(link, {"way": "Nothing at 09:30 or later"})
        assert SavedSearch.objects.get().time_until == time(9, 29)

    def test_one_press_drops_the_centre_and_keeps_the_others(self, mailbox, alert, link):
        mailbox.post(link, {"way": f"Not at {alert.slot.center.name}"})
        chosen = SavedSearch.objects.get().centers
        assert chosen.count() == 1
        assert alert.slot.center not in chosen.all()

    def test_it_is_undone_by_one_press(self, mailbox, alert, link):
        page = mailbox.post(link, {"way": f"Not at {alert.slot.center.name}"})
        mailbox.post(link, {"undo": pressed(page, "undo")})
        search = SavedSearch.objects.get()
        assert (search.centers.count(), search.notification_radius) == (0, 10)

    def test_a_tampered_button_changes_nothing(self, mailbox, link):
        before = SavedSearch.objects.values().get()
        assert mailbox.post(link, {"undo": "x"}).status_code == 404
        assert "couldn’t change" in mailbox.post(link, {"way": "Everything"}).content.decode()
        assert SavedSearch.objects.values().get() == before

    def test_a_search_that_does_not_look_is_not_started_by_it(self, mailbox, link):
        SavedSearch.objects.update(is_active=False)
        assert "doesn’t look" in mailbox.get(link).content.decode()
        mailbox.post(link, {"way": "Nothing at 09:30 or later"})
        assert not SavedSearch.objects.get().is_active

    def test_a_search_that_is_gone_says_so(self, mailbox, link):
        SavedSearch.objects.all().delete()
        assert "doesn’t look" in mailbox.get(link).content.decode()
