"""Ending searches from a mail: one press, no sign-in, nothing on a GET, and a way back."""

import re
from urllib.parse import urlsplit

import pytest
from django.test import Client

from accounts.models import SavedSearch
from alerts.messages import links
from tests.alerts.world import make_search
from tests.people import learner

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return learner()


@pytest.fixture
def searches(ada):
    return [make_search(ada), make_search(ada)]


@pytest.fixture
def mailbox() -> Client:
    """A mail provider's machine: it has no cookie, and CSRF is checked as in real life."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def unsubscribe(ada, searches):
    return urlsplit(links.unsubscribe_url(user_id=ada.pk, search_ids=[searches[0].pk])).path


@pytest.fixture
def got_a_test(ada):
    return urlsplit(links.got_a_test_url(user_id=ada.pk)).path


def active() -> list[bool]:
    return [*SavedSearch.objects.order_by("id").values_list("is_active", flat=True)]


def press(mailbox, address, page, name):
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found
    return mailbox.post(address, {name: found[1]})


def test_reading_the_page_changes_nothing(mailbox, searches, unsubscribe):
    page = mailbox.get(unsubscribe).content.decode()
    assert "Stop these alerts?" in page
    assert active() == [True, True]


def test_all_can_be_stopped_where_there_is_another(mailbox, searches, unsubscribe):
    assert 'name="all"' in mailbox.get(unsubscribe).content.decode()
    searches[1].delete()
    assert 'name="all"' not in mailbox.get(unsubscribe).content.decode()


def test_another_who_holds_the_link_is_not_told_where_the_learner_looks(
    mailbox, client, ada, searches, unsubscribe
):
    SavedSearch.objects.update(postcode="IG3 9UZ")
    client.force_login(ada)
    assert "IG3 9UZ" in client.get(unsubscribe).content.decode()
    assert "IG3 9UZ" not in mailbox.get(unsubscribe).content.decode()


def test_one_click_ends_what_the_message_named(mailbox, searches, unsubscribe):
    response = mailbox.post(unsubscribe, {"List-Unsubscribe": "One-Click"})
    assert response.status_code == 200
    assert active() == [False, True]


def test_one_click_twice_is_no_error(mailbox, searches, unsubscribe):
    for _ in range(2):
        assert mailbox.post(unsubscribe, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert active() == [False, True]


def test_ending_can_be_undone(mailbox, searches, unsubscribe):
    page = mailbox.post(unsubscribe, {"end": "1"})
    press(mailbox, unsubscribe, page, "undo")
    assert active() == [True, True]


def test_all_can_be_stopped_and_undone(mailbox, searches, unsubscribe):
    page = mailbox.post(unsubscribe, {"all": "1"})
    assert active() == [False, False]
    press(mailbox, unsubscribe, page, "undo")
    assert active() == [True, True]


def test_undoing_leaves_what_had_ended_before(mailbox, searches, unsubscribe):
    SavedSearch.objects.filter(pk=searches[1].pk).update(is_active=False)
    page = mailbox.post(unsubscribe, {"all": "1"})
    press(mailbox, unsubscribe, page, "undo")
    assert active() == [True, False]


def test_a_tampered_button_changes_nothing(mailbox, searches, unsubscribe):
    assert mailbox.post(unsubscribe, {"undo": "x"}).status_code == 404
    assert active() == [True, True]


def test_anothers_button_changes_nothing(mailbox, searches, unsubscribe):
    eve = learner("eve@example.org")
    make_search(eve)
    eves = urlsplit(links.got_a_test_url(user_id=eve.pk)).path
    page = mailbox.post(eves)
    assert press(mailbox, unsubscribe, page, "undo").status_code == 404
    assert active() == [True, True, False]


def test_got_a_test_asks_nothing_and_ends_all(mailbox, searches, got_a_test):
    mailbox.get(got_a_test)
    assert active() == [True, True]
    page = mailbox.post(got_a_test)
    assert "Good luck" in page.content.decode()
    assert active() == [False, False]
    press(mailbox, got_a_test, page, "undo")
    assert active() == [True, True]


def test_the_list_of_searches_offers_the_same_button(client, ada, searches):
    client.force_login(ada)
    page = client.get("/searches/").content.decode()
    token = re.search(r'action="/got-a-test/([^"/]+)/"', page)
    assert token
    assert links.read_got_a_test(token[1]) == ada.pk


def test_a_cut_off_link_says_so(mailbox, unsubscribe):
    response = mailbox.get(f"{unsubscribe[:-9]}/")
    assert response.status_code == 404
    assert "This link doesn’t work" in response.content.decode()


def test_a_link_whose_searches_have_ended_offers_to_start_them_again(mailbox, ada, searches):
    link = urlsplit(links.unsubscribe_url(user_id=ada.pk, search_ids=[searches[0].pk])).path
    mailbox.post(link, {"List-Unsubscribe": "One-Click"})
    text = mailbox.get(link).content.decode()
    undo = re.search(r'name="undo" value="([^"]+)"', text)
    assert undo
    mailbox.post(link, {"undo": undo[1]})
    assert SavedSearch.objects.get(pk=searches[0].pk).is_active
