"""A new search is saved once its address is confirmed, and then says what comes next."""

import html
import re

import pytest

from accounts.models import SavedSearch
from alerts.models import PushSubscription
from centers.models import PostcodeArea
from tests.outbox import outbox
from tests.people import learner
from tests.push_endpoint import Browser
from tests.slots.places import make_postcode

pytestmark = pytest.mark.django_db
CODE_PAGE = "/accounts/confirm-email/"
REVIEW = "/searches/new/?postcode=IG3+9UZ&radius=10&weekday=1&test_type=practical"


@pytest.fixture(autouse=True)
def place(db):
    make_postcode()


@pytest.fixture
def ada():
    return learner()


@pytest.fixture
def search(ada):
    return SavedSearch.objects.create(
        user=ada, notification_method="email", postcode="IG3 9UZ", notification_radius=7
    )


def begin(client, review=REVIEW) -> str:
    """Type an address into the review of a search; the code from the mail."""
    text = client.get(review).content.decode()
    action = re.search(r'<form method="post" action="(/accounts/signup/)"', text)
    came_from = re.search(r'name="next" value="([^"]+)"', text)
    assert action
    assert came_from
    form = {"email": "new@example.org", "next": html.unescape(came_from[1])}
    client.post(action[1], form)
    found = re.search(r"Your code is\s+(\S+)", outbox()[-1].text)
    assert found
    return found[1]


def test_the_code_of_a_new_address_saves_the_search_and_turns_it_on(client):
    response = client.post(CODE_PAGE, {"code": begin(client)}, follow=True)
    search = SavedSearch.objects.get()
    assert (search.user.email, search.postcode) == ("new@example.org", "IG3 9UZ")
    assert (search.notification_radius, search.weekdays, search.is_active) == (10, [1], True)
    text = response.content.decode()
    assert "Your alert is on" in text
    assert "<li>within 10 miles of IG3 9UZ</li><li>on Mondays</li>" in text
    assert "new@example.org" in text
    assert "Now turn on notifications" in text


def test_the_browser_in_which_it_was_saved_is_known_from_then_on(client, settings):
    client.post(CODE_PAGE, {"code": begin(client)})
    assert SavedSearch.objects.exists()
    assert settings.DEVICE_COOKIE_NAME in client.cookies


def test_nothing_is_saved_before_the_address_is_confirmed(client):
    begin(client)
    client.post(CODE_PAGE, {"code": "00000000x"})
    assert not SavedSearch.objects.exists()


def test_the_link_in_the_mail_fills_the_code_in_and_saves_nothing_by_itself(client):
    code = begin(client)
    link = re.search(r"https?://\S+(/accounts/confirm-email/\?code=\S+)", outbox()[-1].text)
    assert link
    assert f'value="{code}"' in client.get(link[1]).content.decode()
    assert not SavedSearch.objects.exists()


def test_a_code_is_of_digits_and_its_field_asks_for_a_keypad(client):
    assert re.fullmatch(r"\d{4}-\d{4}", begin(client))
    text = client.get(CODE_PAGE).content.decode()
    assert 'inputmode="numeric"' in text
    assert 'autocomplete="one-time-code"' in text


def test_a_search_that_can_no_longer_be_saved_is_looked_over_again(client):
    code = begin(client)
    PostcodeArea.objects.all().delete()
    assert client.post(CODE_PAGE, {"code": code}).url.startswith("/searches/new/?postcode=")


def test_the_page_of_anothers_search_is_not_found(client, search):
    client.force_login(learner("eve@example.org"))
    assert client.get(f"/searches/{search.pk}/on/").status_code == 404


def test_turning_on_notifications_there_sends_both(client, ada, search):
    client.force_login(ada)
    browser = Browser("/ada")
    keys = {
        "endpoint": "https://fcm.googleapis.com/fcm/send/ada", "p256dh": browser.p256dh,
        "auth": browser.auth, "label": "Chrome on Android",
    }  # fmt: skip
    response = client.post("/push/", keys | {"search": search.pk}, follow=True)
    search.refresh_from_db()
    assert (search.notification_method, search.also_email) == ("push", True)
    text = response.content.decode()
    assert response.redirect_chain == [(f"/searches/{search.pk}/on/", 302)]
    assert "Notifications are on for this device" in text
    assert "We send a notification to your devices and email you the moment" in text


def test_a_device_is_not_turned_on_for_anothers_search(client, search):
    client.force_login(learner("eve@example.org"))
    assert client.post("/push/", {"search": search.pk}).status_code == 404
    assert not PushSubscription.objects.exists()
