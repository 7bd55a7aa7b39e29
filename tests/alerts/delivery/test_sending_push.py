"""A waiting alert becomes a push to each browser of its user, or an email."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from accounts.mail import breakers
from accounts.models import Breaker
from alerts.delivery.claim import claim
from alerts.delivery.deliver import deliver, prepare
from alerts.delivery.gather import gather_notifications, mail_stuck_pushes
from alerts.delivery.send import send as send_prepared
from alerts.delivery.ways import push
from alerts.messages import links
from alerts.messages.pushes import payload
from alerts.models import Delivery, Notification, PushSubscription
from alerts.push_subscriptions import unsubscribe
from slots.models import Slot, Source
from slots.wording import brief_moment
from tests.alerts.delivery.test_gather import quiet_now
from tests.alerts.messages.slot import FOLLOWS, SLOT
from tests.alerts.waiting import fetch, make_waiting, tomorrow
from tests.alerts.world import make_search, make_user
from tests.push_endpoint import Browser, answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def user():
    return make_user()


def subscribe(user, service, path: str) -> Browser:
    """A browser of a user's at a service."""
    browser = Browser(path)
    PushSubscription.objects.create(
        user=user, endpoint=service.url(path), p256dh=browser.p256dh, auth=browser.auth
    )
    return browser


def send() -> None:
    """One round of each channel."""
    deliver("push", seconds=30)
    deliver("email", seconds=30)


def let_pass(seconds: int) -> None:
    """Move what has been done so far into the past."""
    then = timezone.now() - timedelta(seconds=seconds)
    Notification.objects.update(created_at=then, due_at=then)
    Delivery.objects.update(next_attempt_at=then)
    Breaker.objects.update(open_until=then)


def test_the_phone_shows_the_slot_and_a_tap_opens_its_page(user, push_service, sink):
    browser = subscribe(user, push_service, "/one")
    alert = make_waiting(user, method="push")
    send()
    said = browser.decrypt(push_service.requests[0].body)
    shown = said["notification"]
    center = alert.slot.center.name
    assert shown["title"][:40].startswith(
        f"{center}, {brief_moment(alert.slot.date, alert.slot.time)}"
    )
    assert center in shown["body"]
    assert shown["navigate"].startswith("http://127.0.0.1:8000/alerts/")
    assert said["web_push"] == 8030
    (action,) = shown["actions"]
    assert action["title"] == "Not for me"
    assert links.read_not_for_me(action["navigate"].split("/")[-2]) == alert.pk


def test_a_push_says_for_whom_where_its_search_has_a_name(user, push_service, sink):
    browser = subscribe(user, push_service, "/one")
    make_waiting(search=make_search(user, notification_method="push", name="Ben"))
    send()
    shown = browser.decrypt(push_service.requests[0].body)["notification"]
    assert "For Ben" in shown["body"]


def test_what_asks_for_a_renewal_is_left_to_our_service_worker():
    said = json.loads(payload(1, [SLOT], [FOLLOWS], renew={"renew": "key"}))
    assert (said.get("web_push"), said["renew"]) == (None, "key")


def test_a_push_says_when_the_slot_was_last_seen_and_by_whom(user, push_service, sink):
    browser = subscribe(user, push_service, "/one")
    alert = make_waiting(user, method="push", source=Source.objects.create(name="north-feed"))
    seen = datetime(2026, 11, 30, 9, 12, tzinfo=UTC)
    Slot.objects.filter(pk=alert.slot_id).update(last_seen_at=seen)
    send()
    body = browser.decrypt(push_service.requests[0].body)["notification"]["body"]
    assert body.endswith("Last seen Mon 30 Nov, 09:12. Source: north-feed")


def test_each_browser_is_woken_once(user, push_service, sink):
    for path in ("/one", "/two"):
        subscribe(user, push_service, path)
    make_waiting(user, method="push")
    send()
    send()
    assert sorted(each.path for each in push_service.requests) == ["/one", "/two"]


def test_an_alert_is_sent_at_the_first_acceptance(user, push_service, sink):
    subscribe(user, push_service, "/one")
    subscribe(user, push_service, "/two")
    push_service.answers["/two"] = answer(500)
    alert = make_waiting(user, method="push")
    send()
    assert (fetch(alert).state, sink.received) == ("sent", [])


def test_a_subscription_that_is_gone_is_ended_and_mail_goes_in_its_place(user, push_service, sink):
    subscribe(user, push_service, "/one")
    push_service.usual = answer(410)
    alert = make_waiting(user, method="push")
    send()
    assert PushSubscription.objects.get().ended_at is not None
    assert (fetch(alert).state, len(sink.received)) == ("sent", 1)


def test_a_push_that_is_stuck_goes_by_mail_after_a_minute(user, push_service, sink):
    subscribe(user, push_service, "/one")
    push_service.usual = answer(500)
    alert = make_waiting(user, method="push")
    send()
    assert sink.received == []
    let_pass(61)
    send()
    assert (fetch(alert).state, len(sink.received)) == ("sent", 1)


def test_the_minute_is_counted_from_when_the_message_was_due(user, push_service, sink):
    subscribe(user, push_service, "/one")
    push_service.usual = answer(500)
    make_waiting(user, method="push")
    send()
    Notification.objects.update(due_at=timezone.now() - timedelta(seconds=61))
    send()
    assert len(sink.received) == 1


def test_what_went_by_mail_is_not_pushed_any_more(user, push_service, sink):
    subscribe(user, push_service, "/one")
    push_service.usual = answer(500)
    make_waiting(user, method="push")
    send()
    let_pass(61)
    send()
    push_service.usual = answer(201)
    let_pass(61)
    send()
    assert push_service.accepted("/one") == []
    assert Delivery.objects.get(channel="push").state == "suppressed"


def test_what_failed_after_mail_had_taken_its_place_is_not_pushed_again(user, push_service, sink):
    subscribe(user, push_service, "/one")
    push_service.usual = answer(500)
    alert = make_waiting(user, method="push")
    gather_notifications()
    on_its_way = prepare(claim("push"))
    let_pass(seconds=61)
    mail_stuck_pushes()
    send_prepared(on_its_way)
    push_service.usual = answer(201)
    let_pass(seconds=61)
    send()
    push = Delivery.objects.get(channel="push")
    assert (push.state, push.reason) == ("suppressed", "mailed_instead")
    assert (fetch(alert).state, len(sink.received), len(push_service.requests)) == ("sent", 1, 1)


def test_a_pause_that_a_service_asks_for_is_kept(user, push_service, sink):
    subscribe(user, push_service, "/one")
    push_service.usual = answer(503, Retry_After="30")
    make_waiting(user, method="push")
    asked = timezone.now()
    send()
    Delivery.objects.update(next_attempt_at=timezone.now())
    make_waiting(user, method="push")
    send()
    assert len(push_service.requests) == 1
    assert Breaker.objects.get().open_until >= asked + timedelta(seconds=30)


def test_a_message_lives_no_longer_than_its_slot(user, push_service, sink):
    subscribe(user, push_service, "/one")
    make_waiting(user, method="push", day=tomorrow(30))
    send()
    assert push_service.requests[0].headers["ttl"] == str(4 * 3600)


def test_unusable_keys_fail_and_mail_goes_in_their_place(user, push_service, sink):
    subscribe(user, push_service, "/one")
    PushSubscription.objects.update(p256dh="AAAA")
    alert = make_waiting(user, method="push")
    for _ in range(8):
        send()
        let_pass(10)
    assert (fetch(alert).state, len(sink.received)) == ("sent", 1)


def test_a_device_that_was_removed_is_not_woken_and_mail_goes_in_its_place(
    user, push_service, sink
):
    subscribe(user, push_service, "/one")
    alert = make_waiting(user, method="push")
    gather_notifications()
    unsubscribe(subscription=PushSubscription.objects.get(), actor=user)
    send()
    assert push_service.requests == []
    assert (fetch(alert).state, len(sink.received)) == ("sent", 1)


def test_what_a_sender_has_claimed_for_a_removed_device_is_lost_to_it(user, push_service, sink):
    subscribe(user, push_service, "/one")
    make_waiting(user, method="push")
    gather_notifications()
    Delivery.objects.update(state="claimed", lease_token=uuid4(), lease_until=timezone.now())
    unsubscribe(subscription=PushSubscription.objects.get(), actor=user)
    assert Delivery.objects.get().state == "failed"


def test_other_devices_are_woken_all_the_same(user, push_service, sink):
    for path in ("/one", "/two"):
        subscribe(user, push_service, path)
    make_waiting(user, method="push")
    gather_notifications()
    gone = PushSubscription.objects.get(endpoint__endswith="/one")
    unsubscribe(subscription=gone, actor=user)
    send()
    assert [each.path for each in push_service.requests] == ["/two"]
    assert sink.received == []


def late(handler) -> None:
    """Accept it after a while, well before the lease ends."""
    handler.server.over.wait(3)
    answer(201)(handler)


def test_a_service_that_is_slow_is_given_up_long_before_the_lease_ends(
    user, push_service, sink, monkeypatch
):
    monkeypatch.setattr(push, "MOST_SECONDS", 0.5)
    subscribe(user, push_service, "/one")
    push_service.usual = late
    make_waiting(user, method="push")
    send()
    delivery = Delivery.objects.get(channel="push")
    assert (delivery.state, delivery.in_doubt) == ("retry", 1)


def test_a_pause_that_another_sender_was_asked_for_holds_back_what_is_ready_here(
    user, push_service, sink
):
    subscribe(user, push_service, "/one")
    make_waiting(user, method="push")
    gather_notifications()
    ready = prepare(claim("push"))
    breakers.failed(ready[0].claimed.provider, error="429", wished_seconds=60, probe=False)
    assert send_prepared(ready).taken_up == 0
    assert (push_service.requests, Delivery.objects.get().in_doubt) == ([], 0)


def test_quiet_hours_that_began_after_gathering_end_with_a_push_and_no_mail(
    user, push_service, sink
):
    subscribe(user, push_service, "/one")
    make_waiting(user, method="push")
    gather_notifications()
    quiet_now(user)
    send()
    notification = Notification.objects.get()
    notification.created_at = timezone.now() - timedelta(minutes=10)
    notification.save()
    send()
    assert (push_service.requests, sink.received) == ([], [])
    assert notification.due_at > timezone.now() + timedelta(minutes=50)
    type(user).objects.update(quiet_from=None, quiet_until=None)
    Notification.objects.update(due_at=timezone.now())
    Delivery.objects.update(next_attempt_at=timezone.now())
    send()
    assert (len(push_service.requests), sink.received) == (1, [])
