"""A daily summary waits for its hour; a message may go by email and by push."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from accounts.models import SavedSearch
from alerts.delivery.deliver import deliver
from alerts.delivery.gather import gather_notifications
from alerts.models import Delivery, Notification, UserAlert
from slots.models import Slot, SlotOpening
from tests.alerts.delivery.test_gather import channels, settle, subscribe
from tests.alerts.delivery.test_sending_push import subscribe as subscribe_browser
from tests.alerts.waiting import LONDON, fetch, make_waiting
from tests.alerts.world import make_search, make_user
from tests.push_endpoint import answer

pytestmark = pytest.mark.django_db


def hour(*, ahead: float) -> time:
    """London's clock so many hours from now, to the minute."""
    return (timezone.now() + timedelta(hours=ahead)).astimezone(LONDON).time().replace(second=0)


def summary(user=None, *, ahead: float, **fields) -> SavedSearch:
    """A search whose summary goes out so many hours from now."""
    return make_search(user, notification_radius=10, digest_at=hour(ahead=ahead), **fields)


def send() -> None:
    deliver("push", seconds=30)
    deliver("email", seconds=30)


class TestSummary:
    def test_before_its_hour_nothing_goes_out(self, sink):
        alert = make_waiting(search=summary(ahead=2), age=3600)
        send()
        assert (sink.received, fetch(alert).state) == ([], "waiting")

    def test_at_its_hour_all_that_is_still_open_is_one_message(self, sink):
        search = summary(ahead=-0.5)
        early, late, gone = (make_waiting(search=search, age=hours * 3600) for hours in (9, 2, 3))
        SlotOpening.objects.filter(pk=gone.opening_id).update(closed_at=timezone.now())
        Slot.objects.filter(pk=gone.slot_id).update(available=False)
        send()
        (mail,) = sink.received
        told = [each.slot.center.name in mail.part("text/plain") for each in (early, late, gone)]
        assert told == [True, True, False]
        assert fetch(gone).state == "expired"

    def test_what_opened_after_its_hour_waits_for_the_next_day(self, sink):
        alert = make_waiting(search=summary(ahead=-2), age=3600)
        send()
        assert fetch(alert).notification_id is None

    def test_another_search_of_the_learner_is_told_at_once(self, sink):
        user = make_user()
        make_waiting(search=summary(user, ahead=2), age=3600)
        at_once = make_waiting(user, age=3)
        send()
        assert (len(sink.received), fetch(at_once).state) == (1, "sent")

    def test_without_its_summary_a_search_tells_at_once_of_what_waits(self, sink):
        search = summary(ahead=2)
        make_waiting(search=search, age=3600)
        SavedSearch.objects.update(digest_at=None)
        send()
        assert len(sink.received) == 1

    @pytest.mark.parametrize(
        ("opened", "due"),
        [
            # In winter London has UTC's time; in summer it is an hour ahead.
            ("2026-01-15 17:59", "2026-01-15 18:00"),
            ("2026-01-15 18:00", "2026-01-16 18:00"),
            ("2026-07-15 16:59", "2026-07-15 17:00"),
            ("2026-03-28 18:30", "2026-03-29 17:00"),
            ("2026-10-24 17:30", "2026-10-25 18:00"),
        ],
    )
    def test_its_hour_is_londons(self, opened, due):
        alert = make_waiting(search=make_search(digest_at=time(18)))
        UserAlert.objects.filter(pk=alert.pk).update(
            created_at=datetime.fromisoformat(opened).replace(tzinfo=ZoneInfo("UTC"))
        )
        gather_notifications()
        assert Notification.objects.get().due_at == datetime.fromisoformat(due).replace(tzinfo=UTC)


class TestEmailBesidePush:
    @pytest.fixture
    def user(self):
        return make_user()

    @pytest.fixture
    def alert(self, user):
        return make_waiting(search=make_search(user, notification_method="push", also_email=True))

    def test_each_device_and_the_address_get_a_delivery(self, user, alert):
        subscribe(user, 1)
        subscribe(user, 2)
        gather_notifications()
        assert channels() == ["email", "push", "push"]

    def test_both_arrive(self, user, alert, push_service, sink):
        subscribe_browser(user, push_service, "/one")
        send()
        assert (len(push_service.requests), len(sink.received)) == (1, 1)
        assert alert.slot.center.name in sink.received[0].part("text/plain")

    def test_the_push_goes_out_after_the_email_too(self, user, alert, push_service, sink):
        subscribe_browser(user, push_service, "/one")
        gather_notifications()
        deliver("email", seconds=30)
        deliver("push", seconds=30)
        assert (len(push_service.requests), len(sink.received)) == (1, 1)

    def test_without_a_device_it_is_one_email(self, alert, sink):
        send()
        assert len(sink.received) == 1

    def test_a_push_that_fails_makes_no_second_email(self, user, alert, push_service, sink):
        subscribe_browser(user, push_service, "/one")
        push_service.usual = answer(410)
        send()
        assert len(sink.received) == 1

    def test_an_email_that_fails_leaves_the_alert_to_the_push(self, user, alert, push_service):
        subscribe_browser(user, push_service, "/one")
        gather_notifications()
        Delivery.objects.filter(channel="email").update(starts=99)
        deliver("email", seconds=5)
        assert fetch(alert).state == "waiting"
        deliver("push", seconds=30)
        assert fetch(alert).state == "sent"

    def test_when_both_have_failed_the_alert_ends_as_the_email_did(self, user, alert):
        subscribe(user)
        gather_notifications()
        Delivery.objects.update(state="failed", reason="refused")
        deliver("email", seconds=5)
        assert (fetch(alert).state, fetch(alert).state_reason) == ("failed", "refused")


class TestLastOfADay:
    """As many messages as a day allows."""

    def test_the_last_message_that_is_allowed_says_so(self, sink):
        settle(daily_message_limit="2", gap_seconds="0")
        search = make_waiting().preference
        send()
        make_waiting(search=search)
        send()
        said = [mail.part("text/plain") for mail in sink.received]
        assert ["last message today" in each for each in said] == [False, True]
        assert "at most 2 a day" in said[1]
        assert "one summary a day" in said[1]

    def test_a_push_says_so_too(self, push_service, sink):
        settle(daily_message_limit="1")
        user = make_user()
        browser = subscribe_browser(user, push_service, "/one")
        make_waiting(user, method="push")
        send()
        body = browser.decrypt(push_service.requests[0].body)["notification"]["body"]
        assert body.endswith("That was the last of today’s 1 message.")
