"""Whose browsers are woken, and who may say so."""

import pytest
from django.urls import reverse

from alerts.models import PushSubscription
from alerts.push_subscriptions import MOST_DEVICES, BadSubscription, subscribe
from tests.people import learner
from tests.push_endpoint import Browser

pytestmark = pytest.mark.django_db

ENDPOINT = "https://push.example.org/one"


@pytest.fixture(autouse=True)
def known_services(settings):
    settings.PUSH_HOSTS = ["push.example.org"]


@pytest.fixture
def ada():
    return learner()


def fields(**changed) -> dict[str, str]:
    """What a browser sends."""
    browser = Browser("/one")
    keys = {"p256dh": browser.p256dh, "auth": browser.auth}
    return {"endpoint": ENDPOINT, "label": "Firefox on Linux"} | keys | changed


def test_a_browser_is_added_by_its_owner(client, ada):
    client.force_login(ada)
    client.post(reverse("push"), fields())
    assert PushSubscription.objects.get().user == ada


def test_nobody_adds_a_browser(client):
    response = client.post(reverse("push"), fields())
    assert response.url.startswith("/accounts/login/")
    assert not PushSubscription.objects.exists()


def test_another_who_brings_a_subscription_takes_nothing_over(ada):
    subscribe(user=ada, **fields())
    with pytest.raises(BadSubscription):
        subscribe(user=learner("eve@example.org"), **fields())
    assert PushSubscription.objects.get().user == ada


def test_bringing_it_again_revives_it(ada):
    first = subscribe(user=ada, **fields())
    PushSubscription.objects.update(ended_at=first.created_at, end_reason="410")
    subscribe(user=ada, **fields())
    assert PushSubscription.objects.live_of(ada).count() == 1


def test_nobody_has_more_than_ten_devices(ada):
    for number in range(MOST_DEVICES):
        subscribe(user=ada, **fields(endpoint=f"{ENDPOINT}/{number}"))
    with pytest.raises(BadSubscription, match="10 devices"):
        subscribe(user=ada, **fields())


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://evil.example.net/one"},
        {"endpoint": "http://push.example.org/one"},
        {"p256dh": "AAAA"},
        {"p256dh": "not base64!"},
        {"auth": "AAAA"},
        {"auth": ""},
    ],
)
def test_what_no_push_service_gives_out_is_refused(ada, wrong):
    with pytest.raises(BadSubscription):
        subscribe(user=ada, **fields(**wrong))


def test_the_owner_removes_a_device(client, ada):
    device = subscribe(user=ada, **fields())
    client.force_login(ada)
    client.post(reverse("push_end", args=[device.pk]))
    assert not PushSubscription.objects.live_of(ada).exists()


def test_a_stranger_does_not(client, ada):
    device = subscribe(user=ada, **fields())
    client.force_login(learner("eve@example.org"))
    assert client.post(reverse("push_end", args=[device.pk])).status_code == 404
    assert PushSubscription.objects.live_of(ada).exists()


def test_the_page_lists_the_devices(client, ada):
    subscribe(user=ada, **fields())
    client.force_login(ada)
    assert "Firefox on Linux" in client.get(reverse("push")).content.decode()


def test_the_service_worker_speaks_for_the_whole_site(client):
    response = client.get("/sw.js")
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert b"showNotification" in response.content
