"""Signing out asks what becomes of the notifications in this browser."""

import pytest
from django.test import Client
from django.urls import reverse

from alerts.models import PushSubscription
from alerts.pages.this_browser import COOKIE
from tests.people import learner
from tests.push_endpoint import Browser

pytestmark = pytest.mark.django_db

SIGN_OUT = "/accounts/logout/"
QUESTION = "Keep alerts on this device?"


@pytest.fixture(autouse=True)
def known_services(settings):
    settings.PUSH_HOSTS = ["push.example.org"]


@pytest.fixture
def ada():
    return learner()


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def turn_on(client: Client, path: str = "/one") -> PushSubscription:
    """Turn on notifications in a browser."""
    keys = Browser(path)
    endpoint = f"https://push.example.org{path}"
    fields = {"endpoint": endpoint, "p256dh": keys.p256dh, "auth": keys.auth, "label": "Phone"}
    client.post(reverse("push"), fields)
    return PushSubscription.objects.get(endpoint=endpoint)


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def is_live(device: PushSubscription) -> bool:
    return PushSubscription.objects.get(pk=device.pk).ended_at is None


def test_a_browser_without_notifications_is_signed_out_without_a_question(ada):
    client = signed_in(ada)
    assert QUESTION not in client.get(SIGN_OUT).content.decode()
    client.post(SIGN_OUT)
    assert not is_signed_in(client)


def test_a_browser_with_notifications_is_asked_and_off_is_chosen(ada):
    client = signed_in(ada)
    turn_on(client)
    page = client.get(SIGN_OUT)
    assert QUESTION in page.content.decode()
    assert page.context["form"]["notifications"].initial == "off"


def test_a_button_of_another_page_comes_to_the_question_and_signs_nobody_out_yet(ada):
    client = signed_in(ada)
    device = turn_on(client)
    page = client.post(SIGN_OUT, {"endpoint": ""})
    assert QUESTION in page.content.decode()
    assert (is_signed_in(client), is_live(device)) == (True, True)


def test_turned_off_it_gets_nothing_more(ada):
    client = signed_in(ada)
    device = turn_on(client)
    client.post(SIGN_OUT, {"notifications": "off"})
    assert (is_signed_in(client), is_live(device)) == (False, False)


def test_kept_it_goes_on(ada):
    client = signed_in(ada)
    device = turn_on(client)
    client.post(SIGN_OUT, {"notifications": "keep"})
    assert (is_signed_in(client), is_live(device)) == (False, True)


def test_only_this_browsers_notifications_end(ada):
    client = signed_in(ada)
    here, elsewhere = turn_on(client), turn_on(signed_in(ada), "/elsewhere")
    client.post(SIGN_OUT, {"notifications": "off"})
    assert (is_live(here), is_live(elsewhere)) == (False, True)


def test_a_browser_that_was_signed_out_meanwhile_is_known_again(ada):
    client = signed_in(ada)
    device = turn_on(client)
    client.post(SIGN_OUT, {"notifications": "keep"})
    client.force_login(ada)
    client.post(SIGN_OUT, {"notifications": "off"})
    assert not is_live(device)


def test_a_browser_without_the_cookie_is_known_by_its_endpoint(ada):
    client = signed_in(ada)
    device = turn_on(client)
    del client.cookies[COOKIE]
    asked = client.post(SIGN_OUT, {"endpoint": device.endpoint})
    assert QUESTION in asked.content.decode()
    assert device.endpoint in asked.content.decode()
    client.post(SIGN_OUT, {"endpoint": device.endpoint, "notifications": "off"})
    assert (is_signed_in(client), is_live(device)) == (False, False)


@pytest.mark.parametrize("number", ["1", "1:forged", "", "x" * 5000])
def test_a_cookie_that_we_did_not_sign_says_nothing(ada, number):
    client = signed_in(ada)
    device = turn_on(client)
    client.cookies[COOKIE] = number
    client.post(SIGN_OUT, {"notifications": "off"})
    assert (is_signed_in(client), is_live(device)) == (False, True)


def test_another_learners_device_in_this_browser_is_not_touched(ada):
    client = signed_in(ada)
    device = turn_on(client)
    client.post(SIGN_OUT, {"notifications": "keep"})
    client.force_login(learner("bob@example.org"))
    client.post(SIGN_OUT, {"notifications": "off", "endpoint": device.endpoint})
    assert (is_signed_in(client), is_live(device)) == (False, True)


def test_an_answer_that_is_none_is_asked_again(ada):
    client = signed_in(ada)
    device = turn_on(client)
    page = client.post(SIGN_OUT, {"notifications": "perhaps"})
    assert page.context["form"].errors
    assert (is_signed_in(client), is_live(device)) == (True, True)


def test_a_device_that_was_removed_is_not_asked_about(ada):
    client = signed_in(ada)
    device = turn_on(client)
    client.post(reverse("push_end", args=[device.pk]))
    client.post(SIGN_OUT)
    assert not is_signed_in(client)


def test_somebody_who_is_not_signed_in_is_sent_on(ada):
    assert Client().post(SIGN_OUT).status_code == 302
