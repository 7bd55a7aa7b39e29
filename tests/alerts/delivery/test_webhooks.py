"""A learner's webhook gets what their mail tells, signed, and never in its place."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Breaker, SavedSearch
from alerts.channels import webhook as channel
from alerts.delivery.deliver import deliver
from alerts.delivery.gather import gather_notifications
from alerts.matching.match import match_in_chunks
from alerts.models import Delivery, Notification, UserAlert, Wave, Webhook
from alerts.webhooks import FAILING_FOR, MOST_FAILURES, end_webhook, note_failure
from slots.models import Slot, Source
from tests.alerts.delivery.test_gather import quiet_now
from tests.alerts.waiting import fetch, make_waiting, tomorrow
from tests.alerts.world import make_center, make_opening, make_search, make_slot, make_user
from tests.push_endpoint import answer, hang
from tests.webhook_endpoint import Forged, make_webhook, read_message

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_user()


@pytest.fixture
def hooked(ada, push_service):
    """Ada's webhook and its secret."""
    return make_webhook(ada, push_service)


def send() -> None:
    """A round of all channels."""
    for name in Delivery.Channel.values:
        deliver(name, seconds=30)


def let_pass() -> None:
    """Whatever waits is due now."""
    then = timezone.now() - timedelta(seconds=1)
    Delivery.objects.live().update(next_attempt_at=then)
    Breaker.objects.update(open_until=then)


def state(webhook: Webhook) -> tuple[str, str | None]:
    """Of its only delivery."""
    delivery = Delivery.objects.get(webhook=webhook)
    return delivery.state, delivery.reason


def test_from_an_opening_to_the_learners_program(ada, hooked, push_service, sink):
    center = make_center()
    make_search(ada, notification_radius=10, created_at=timezone.now() - timedelta(days=1))
    slot = make_slot(center, date=tomorrow(30))
    make_opening(slot, recorded_at=timezone.now())
    assert sum(chunk.alerts for chunk in match_in_chunks()) == 1
    UserAlert.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    send()
    (request,) = push_service.requests
    (told,) = read_message(request, hooked[1])["data"]["slots"]
    assert told["center"]["name"] == center.name
    assert (told["date"], told["time"]) == (slot.date.isoformat(), f"{slot.time:%H:%M}")
    assert [mail.recipient for mail in sink.received] == [ada.email]


def test_it_tells_all_that_a_program_can_use(ada, hooked, push_service, sink):
    source = Source.objects.create(name="Harbour feed")
    search = make_search(ada, notification_radius=10, name="Ben")
    alert = make_waiting(search=search, source=source)
    send()
    request = push_service.requests[0]
    said = read_message(request, hooked[1])
    slot = alert.slot
    assert request.headers["content-type"] == "application/json"
    assert said["type"] == "slots.opened"
    assert said["data"]["more"] == 0
    assert said["data"]["official_service"]["Book a driving test"].startswith("https://www.gov.uk/")
    told = said["data"]["slots"][0]
    opened_at = told.pop("opened_at")
    assert opened_at.startswith(alert.opening.opened_at.date().isoformat())
    assert told == {
        "center": {"name": slot.center.name, "postcode": slot.center.postcode},
        "test_type": "practical",
        "date": slot.date.isoformat(),
        "time": f"{slot.time:%H:%M}",
        "miles": 2.5,
        "search": {"name": "Ben", "url": f"http://127.0.0.1:8000/searches/{search.pk}/edit/"},
        "last_seen_at": slot.last_seen_at,
        "source": "Harbour feed",
        "is_simulated": False,
        "told": None,
        "follows": told["follows"],
    }
    assert all(isinstance(sentence, str) for sentence in told["follows"])


def test_it_says_which_wave_its_learner_is_of(ada, hooked, push_service, sink):
    alert = make_waiting(ada)
    Wave.objects.create(opening=alert.opening, number=2, waiting=90, told=60, told_so_far=75)
    UserAlert.objects.update(wave=2)
    send()
    said = read_message(push_service.requests[0], hooked[1])
    assert "75 learners" in said["data"]["slots"][0]["told"]


def test_no_link_in_it_acts_for_the_learner(ada, hooked, push_service, sink):
    make_waiting(ada)
    send()
    body = push_service.requests[0].body.decode()
    for path in ("/unsubscribe/", "/pause/", "/got-a-test/", "/not-for-me/", "/alerts/"):
        assert path not in body
    assert ada.email not in body


def test_another_secret_does_not_fit_its_signature(ada, hooked, push_service, sink):
    make_waiting(ada)
    send()
    with pytest.raises(Forged):
        read_message(push_service.requests[0], channel.make_secret())


def test_each_is_told_once(ada, hooked, push_service, sink):
    make_webhook(ada, push_service, "/other")
    make_waiting(ada)
    send()
    send()
    assert sorted(each.path for each in push_service.requests) == ["/hook", "/other"]


def test_other_learners_alerts_are_not_its(hooked, push_service, sink):
    make_waiting()
    send()
    assert push_service.requests == []


def test_a_failure_is_tried_again_under_the_same_id(ada, hooked, push_service, sink):
    webhook, secret = hooked
    push_service.usual = answer(500)
    make_waiting(ada)
    send()
    webhook.refresh_from_db()
    assert (state(webhook)[0], webhook.failures) == ("retry", 1)
    push_service.usual = answer(200)
    let_pass()
    send()
    webhook.refresh_from_db()
    assert (state(webhook)[0], webhook.failures, webhook.failing_since) == ("accepted", 0, None)
    first, second = push_service.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert read_message(second, secret)["type"] == "slots.opened"


def test_one_that_is_gone_is_ended_and_forgets_its_secret(ada, hooked, push_service, sink):
    push_service.usual = answer(410)
    make_waiting(ada)
    send()
    webhook = Webhook.objects.get()
    assert (webhook.end_reason, webhook.secret) == ("gone", "")
    assert state(webhook) == ("failed", "refused")
    make_waiting(ada)
    Notification.objects.update(created_at=timezone.now() - timedelta(hours=1))
    send()
    assert len(push_service.requests) == 1


def test_the_pause_that_it_asks_for_is_its_own(ada, hooked, push_service, sink):
    webhook, _ = hooked
    make_webhook(make_user(), push_service, "/other")
    other = Webhook.objects.latest("pk").user
    push_service.answers["/hook"] = answer(429, Retry_After="1800")
    make_waiting(ada)
    make_waiting(other)
    send()
    waits = Delivery.objects.get(webhook=webhook)
    assert waits.state == "retry"
    assert waits.next_attempt_at > timezone.now() + timedelta(minutes=20)
    assert len(push_service.accepted("/other")) == 1


def test_one_that_never_answers_holds_up_no_other_of_its_host(
    ada, hooked, push_service, sink, monkeypatch
):
    monkeypatch.setattr(channel, "MOST_SECONDS", 0.5)
    other, _ = make_webhook(make_user(), push_service, "/other")
    push_service.answers["/hook"] = hang
    make_waiting(ada)
    make_waiting(other.user)
    send()
    assert len(push_service.accepted("/other")) == 1
    waits = Delivery.objects.get(webhook=hooked[0])
    assert (waits.state, waits.in_doubt) == ("retry", 0)


def test_a_host_that_cannot_be_reached_is_no_failing_provider(ada, hooked, push_service, sink):
    push_service.close()
    make_waiting(ada)
    send()
    assert state(hooked[0])[0] == "retry"
    assert Webhook.objects.get().failures == 1
    assert not Breaker.objects.exists()


def test_a_redirect_is_not_followed(ada, hooked, push_service, sink):
    push_service.answers["/hook"] = answer(307, Location=push_service.url("/elsewhere"))
    make_waiting(ada)
    send()
    assert [each.path for each in push_service.requests] == ["/hook"]
    assert state(hooked[0]) == ("failed", "refused")


def test_an_address_that_is_not_public_is_refused(ada, hooked, push_service, sink, settings):
    settings.OUTBOUND_ALLOW_LOOPBACK = False
    make_waiting(ada)
    send()
    assert push_service.requests == []
    assert state(hooked[0]) == ("failed", "refused")


def test_what_it_takes_does_not_make_its_learner_told(ada, hooked, push_service):
    alert = make_waiting(ada)
    deliver("webhook", seconds=30)
    assert len(push_service.requests) == 1
    assert fetch(alert).state == "waiting"


def test_what_it_refuses_ends_no_alert(ada, hooked, push_service, sink):
    push_service.usual = answer(400)
    alert = make_waiting(ada)
    deliver("webhook", seconds=30)
    assert fetch(alert).state == "waiting"
    send()
    assert fetch(alert).state == "sent"


def test_it_hears_nothing_in_quiet_hours(ada, hooked, push_service, sink):
    make_waiting(ada)
    gather_notifications()
    quiet_now(ada)
    send()
    assert push_service.requests == []
    assert state(hooked[0])[0] == "retry"


@pytest.mark.parametrize(
    "change", [{"paused_until": timezone.now() + timedelta(days=400)}, {"is_active": False}]
)
def test_it_hears_nothing_of_a_search_that_is_paused_or_ended(
    ada, hooked, push_service, sink, change
):
    make_waiting(ada)
    gather_notifications()
    SavedSearch.objects.update(**change)
    send()
    assert push_service.requests == []
    assert state(hooked[0])[0] == "suppressed"


def test_a_slot_that_is_gone_meanwhile_is_not_told(ada, hooked, push_service, sink):
    make_waiting(ada)
    gather_notifications()
    Slot.objects.update(available=False)
    send()
    assert push_service.requests == []


def test_nothing_more_goes_out_once_it_is_removed(ada, hooked, push_service, sink):
    make_waiting(ada)
    gather_notifications()
    end_webhook(webhook=hooked[0], reason=Webhook.EndReason.REMOVED, actor=ada)
    send()
    assert push_service.requests == []
    assert state(hooked[0]) == ("suppressed", "webhook_ended")


def test_nothing_goes_out_once_webhooks_are_switched_off(ada, hooked, push_service, sink, settings):
    make_waiting(ada)
    gather_notifications()
    settings.WEBHOOKS = False
    make_waiting(ada)
    Notification.objects.update(created_at=timezone.now() - timedelta(hours=1))
    send()
    assert push_service.requests == []
    assert state(hooked[0]) == ("suppressed", "webhook_ended")


class TestFailing:
    """One that accepts nothing for days ends."""

    def fail(self, webhook: Webhook, *, times: int, since: timedelta) -> Webhook:
        """So many failures, the first so long ago."""
        note_failure(webhook.pk)
        Webhook.objects.update(failing_since=timezone.now() - since)
        for _ in range(times - 1):
            note_failure(webhook.pk)
        return Webhook.objects.get()

    def test_so_many_in_a_row_over_days_end_it(self, hooked):
        webhook = self.fail(hooked[0], times=MOST_FAILURES, since=FAILING_FOR)
        assert webhook.end_reason == "failing"

    def test_many_within_an_hour_do_not(self, hooked):
        webhook = self.fail(hooked[0], times=100, since=timedelta(hours=1))
        assert webhook.is_live

    def test_a_few_over_days_do_not(self, hooked):
        webhook = self.fail(hooked[0], times=MOST_FAILURES - 1, since=FAILING_FOR)
        assert webhook.is_live
