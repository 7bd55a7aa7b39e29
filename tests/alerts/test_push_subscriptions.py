"""Whose browsers are woken, and who may say so."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from alerts.channels.vapid import public_key
from alerts.delivery.devices import end_device
from alerts.delivery.trial_push import send_trial_push
from alerts.messages.pushes import key_to_renew_with
from alerts.models import PushSubscription
from alerts.push_subscriptions import (
    MOST_DEVICES,
    BadSubscription,
    renew,
    subscribe,
    unsubscribe,
)
from dvsa_alerts.dev.environment import vapid_private_key
from tests.alerts.world import make_search
from tests.people import learner
from tests.push_endpoint import Browser, answer

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


class TestLost:
    """A device that its push service ended is said to be lost, until it is on again."""

    WORDS = "Firefox on Linux gets no notifications any more"

    @pytest.fixture
    def device(self, ada):
        device = subscribe(user=ada, **fields())
        end_device(device.pk, reason="403 the key does not fit")
        return device

    def words(self, client, user, page) -> bool:
        client.force_login(user)
        return self.WORDS in client.get(reverse(page)).content.decode()

    @pytest.mark.parametrize("page", ["push", "search_list"])
    def test_the_learners_pages_say_so(self, client, ada, device, page):
        assert self.words(client, ada, page)
        assert not self.words(client, learner("bob@example.org"), page)

    def test_not_after_it_was_added_again(self, client, ada, device):
        subscribe(user=ada, **fields(endpoint=f"{ENDPOINT}/again"))
        assert not self.words(client, ada, "push")

    def test_not_when_its_own_endpoint_is_brought_again(self, client, ada, device):
        subscribe(user=ada, **fields())
        assert not self.words(client, ada, "push")

    def test_another_device_of_the_learners_does_not_hide_it(self, client, ada, device):
        subscribe(user=ada, **fields(endpoint=f"{ENDPOINT}/other", label="Chrome on Android"))
        assert self.words(client, ada, "push")

    def test_not_when_the_learner_removed_it(self, client, ada):
        unsubscribe(subscription=subscribe(user=ada, **fields()), actor=ada)
        assert not self.words(client, ada, "push")

    def test_not_for_longer_than_a_month(self, client, ada, device):
        PushSubscription.objects.update(ended_at=timezone.now() - timedelta(days=31))
        assert not self.words(client, ada, "push")


def test_what_was_refused_before_counts_no_more_once_it_is_brought_again(ada):
    device = subscribe(user=ada, **fields())
    PushSubscription.objects.update(
        refusals=1, refused_with=403, refused_at=timezone.now(), rests_until=timezone.now()
    )
    subscribe(user=ada, **fields())
    device.refresh_from_db()
    assert (device.refusals, device.refused_with, device.rests_until) == (0, None, None)


def test_the_service_worker_speaks_for_the_whole_site(client):
    response = client.get("/sw.js")
    assert response.headers["Content-Type"].startswith("text/javascript")
    assert b"showNotification" in response.content


class TestRenewal:
    """A service worker has no CSRF token and may be signed out."""

    @pytest.fixture
    def device(self, ada):
        return subscribe(user=ada, **fields())

    @staticmethod
    def renewed(*, origin: str | None = None, **changed) -> HttpResponse:
        data = fields(endpoint=f"{ENDPOINT}/new", old_endpoint=ENDPOINT) | changed
        headers = {"Origin": settings.SITE_URL if origin is None else origin}
        return Client(enforce_csrf_checks=True).post(reverse("push_renew"), data, headers=headers)

    def test_the_old_endpoint_is_the_proof(self, device):
        assert self.renewed().status_code == 204
        device.refresh_from_db()
        assert device.endpoint == f"{ENDPOINT}/new"

    @pytest.mark.parametrize("origin", ["https://evil.example", "null", ""])
    def test_another_sites_page_renews_nothing(self, device, origin):
        assert self.renewed(origin=origin).status_code == 403
        device.refresh_from_db()
        assert device.endpoint == ENDPOINT

    def test_an_endpoint_that_nobody_has_proves_nothing(self, device):
        assert self.renewed(old_endpoint=f"{ENDPOINT}/guessed").status_code == 422

    def test_a_removed_device_stays_removed(self, ada, device):
        unsubscribe(subscription=device, actor=ada)
        assert self.renewed().status_code == 422
        assert not PushSubscription.objects.live_of(ada).exists()

    def test_a_push_service_that_is_not_known_is_refused(self, device):
        assert self.renewed(endpoint="https://evil.example.net/x").status_code == 422

    def test_what_is_in_use_already_is_not_taken_over(self, device):
        taken = f"{ENDPOINT}/new"
        other = subscribe(user=learner("eve@example.org"), **fields(endpoint=taken))
        assert self.renewed().status_code == 422
        other.refresh_from_db()
        assert other.user.email == "eve@example.org"


class TestChangedKey:
    """Our key changes: a device goes on by the one that it was made with, and is asked to renew."""

    @pytest.fixture
    def device(self, ada):
        return subscribe(user=ada, **fields())

    @pytest.fixture
    def changed(self, device, settings) -> str:
        """The key of before."""
        old, settings.VAPID_PRIVATE_KEY = settings.VAPID_PRIVATE_KEY, vapid_private_key()
        settings.VAPID_PRIVATE_KEY_FALLBACKS = [old]
        return old

    def test_it_is_noted_which_key_a_device_was_made_with(self, device):
        assert device.vapid_key == public_key()

    def test_a_device_with_the_present_key_is_not_asked_to_renew(self, device):
        assert key_to_renew_with(device) == {}

    def test_one_with_an_older_key_is_asked_to_until_it_has(self, device, changed):
        assert key_to_renew_with(device) == {"renew": public_key()}
        new = fields(endpoint=f"{ENDPOINT}/new", old_endpoint=ENDPOINT, vapid_key=public_key())
        del new["label"]
        renew(**new)
        device.refresh_from_db()
        assert key_to_renew_with(device) == {}

    def test_one_from_before_keys_were_noted_has_our_oldest(self, device, changed):
        PushSubscription.objects.update(vapid_key=None)
        device.refresh_from_db()
        assert key_to_renew_with(device) == {"renew": public_key()}

    def test_a_page_from_before_the_change_adds_one_with_the_key_that_it_showed(self, ada, changed):
        shown = PushSubscription.objects.get().vapid_key
        added = subscribe(user=ada, **fields(endpoint=f"{ENDPOINT}/late", vapid_key=shown))
        assert added.vapid_key == shown != public_key()

    def test_a_key_that_is_none_of_ours_is_refused(self, ada):
        with pytest.raises(BadSubscription, match="Load it again"):
            subscribe(user=ada, **fields(vapid_key="BAAA"))

    def test_a_device_whose_key_we_no_longer_have_is_lost_and_its_learner_told(
        self, client, ada, device, changed, settings
    ):
        settings.VAPID_PRIVATE_KEY_FALLBACKS = []
        assert not send_trial_push(device, body="hello")
        client.force_login(ada)
        page = client.get(reverse("search_list")).content.decode()
        assert "Firefox on Linux gets no notifications any more" in page
        assert "We changed the key" in page
        assert public_key() in page

    def test_it_is_found_again_when_its_browser_renews(self, device, changed, settings):
        settings.VAPID_PRIVATE_KEY_FALLBACKS = []
        send_trial_push(device, body="hello")
        assert TestRenewal.renewed(vapid_key=public_key()).status_code == 204
        device.refresh_from_db()
        assert (device.ended_at, device.vapid_key) == (None, public_key())


class TestTrial:
    """A device is tested by its owner, with a real message."""

    @pytest.fixture
    def browser(self):
        return Browser("/tested")

    @pytest.fixture
    def device(self, ada, push_service, browser):
        keys = {"p256dh": browser.p256dh, "auth": browser.auth}
        endpoint = push_service.url(browser.path)
        return PushSubscription.objects.create(user=ada, endpoint=endpoint, label="Phone", **keys)

    @staticmethod
    def tested(client, device) -> str:
        response = client.post(reverse("push_test", args=[device.pk]), follow=True)
        return response.content.decode()

    def test_it_arrives_and_leads_to_the_searches(self, client, ada, device, browser, push_service):
        client.force_login(ada)
        assert "on its way to Phone" in self.tested(client, device)
        message = browser.decrypt(push_service.accepted(browser.path)[0].body)
        assert message["notification"]["navigate"].endswith("/searches/")

    def test_a_device_that_is_gone_is_ended_and_said_to_be(
        self, client, ada, device, browser, push_service
    ):
        push_service.answers[browser.path] = answer(410)
        client.force_login(ada)
        assert "couldn’t be reached" in self.tested(client, device)
        assert not PushSubscription.objects.live_of(ada).exists()

    def test_a_stranger_tests_nothing(self, client, device, browser, push_service):
        client.force_login(learner("eve@example.org"))
        assert client.post(reverse("push_test", args=[device.pk])).status_code == 404
        assert push_service.accepted(browser.path) == []

    def test_a_search_by_notification_is_tried_by_notification(
        self, client, ada, device, browser, push_service
    ):
        search = make_search(ada, notification_method="push", postcode="IG3 9UZ")
        client.force_login(ada)
        path = reverse("search_trial", args=[search.pk])
        assert "1 of your devices" in client.post(path, follow=True).content.decode()
        message = browser.decrypt(push_service.accepted(browser.path)[0].body)
        assert "of IG3 9UZ" in message["notification"]["body"]
