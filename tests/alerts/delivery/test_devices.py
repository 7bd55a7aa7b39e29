"""What a push service answers about one device, and whom that concerns."""

import time
from datetime import timedelta
from email.utils import formatdate

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Breaker, StaffAlarm
from alerts.delivery.deliver import deliver
from alerts.delivery.devices import OURS_FROM
from alerts.delivery.gather import gather_notifications
from alerts.models import Delivery, PushSubscription
from audit import config
from audit.models import SystemConfig
from tests.alerts.waiting import fetch, make_waiting
from tests.alerts.world import make_user
from tests.push_endpoint import Browser, answer

pytestmark = pytest.mark.django_db


class Device:
    """A learner's only browser."""

    def __init__(self, service, path: str, user=None) -> None:
        self.user, browser = user or make_user(), Browser(path)
        self.path, self.service = path, service
        self.pk = PushSubscription.objects.create(
            user=self.user, endpoint=service.url(path), p256dh=browser.p256dh, auth=browser.auth
        ).pk

    @property
    def row(self) -> PushSubscription:
        return PushSubscription.objects.get(pk=self.pk)

    @property
    def is_live(self) -> bool:
        return self.row.ended_at is None

    @property
    def statuses(self) -> list[int]:
        """What it was answered so far."""
        return [each.status for each in self.service.requests if each.path == self.path]

    def answers(self, status: int, **headers: str) -> None:
        self.service.answers[self.path] = answer(status, **headers)


@pytest.fixture
def device(push_service, sink):
    """Makes devices at one push service, whose learners are told without a gap."""
    SystemConfig.objects.create(key="alerts.gap_seconds", value="0")
    config.forget_cached()
    return lambda path, user=None: Device(push_service, path, user)


def tell(*devices: Device) -> None:
    """One alert to each, in this order, and what stands in for it."""
    for number, each in enumerate(devices):
        make_waiting(each.user, method="push", age=60 - number)
    send()


def send() -> None:
    deliver("push", seconds=30)
    deliver("email", seconds=30)


def let_pass(seconds: float) -> None:
    """Move all that was answered so far into the past."""
    with connection.cursor() as cursor:
        for table, column in (
            ("alerts_pushsubscription", "refused_at"),
            ("alerts_pushsubscription", "rests_until"),
            ("alerts_delivery", "accepted_at"),
            ("alerts_delivery", "next_attempt_at"),
            ("alerts_breaker", "open_until"),
        ):
            cursor.execute(
                f"UPDATE {table} SET {column} = {column} - make_interval(secs => %s)", [seconds]
            )


class TestBusy:
    """429 and its Retry-After."""

    def test_the_device_rests_and_the_others_at_its_service_do_not(self, device):
        busy, fine = device("/busy"), device("/fine")
        busy.answers(429, Retry_After="3600")
        for _ in range(2):
            tell(busy, fine)
        assert (busy.statuses, fine.statuses) == ([429], [201, 201])
        assert not Breaker.objects.exists()

    @pytest.mark.parametrize("form", ["seconds", "date", "neither"])
    def test_it_rests_for_as_long_as_was_asked_for(self, device, form):
        busy = device("/busy")
        asked = {"seconds": "1800", "date": formatdate(time.time() + 1800, usegmt=True)}
        busy.answers(429, Retry_After=asked.get(form, "soon"))
        tell(busy)
        rest = busy.row.rests_until - timezone.now()
        expected = timedelta(minutes=1 if form == "neither" else 30)
        assert expected - timedelta(seconds=30) < rest <= expected + timedelta(seconds=1)

    def test_it_is_asked_again_after_its_rest(self, device, sink):
        busy = device("/busy")
        busy.answers(429, Retry_After="30")
        tell(busy)
        busy.answers(201)
        send()
        assert busy.statuses == [429]
        let_pass(31)
        send()
        assert (busy.statuses, sink.received) == ([429, 201], [])

    def test_what_comes_while_it_rests_waits_too(self, device):
        busy = device("/busy")
        busy.answers(429, Retry_After="30")
        tell(busy)
        tell(busy)
        assert busy.statuses == [429]

    def test_mail_stands_in_for_what_is_not_accepted_within_a_minute(self, device, sink):
        busy = device("/busy")
        busy.answers(429, Retry_After="3600")
        tell(busy)
        (delivery,) = Delivery.objects.all()
        type(delivery.notification).objects.update(due_at=timezone.now() - timedelta(seconds=61))
        send()
        assert len(sink.received) == 1
        assert Delivery.objects.get(channel="push").state == "suppressed"

    def test_three_busy_devices_within_a_minute_rest_the_service(self, device):
        busy, fine = [device(f"/busy{number}") for number in range(3)], device("/fine")
        for each in busy:
            each.answers(429, Retry_After="600")
        tell(*busy[:2], fine)
        assert not Breaker.objects.open_now().exists()
        tell(busy[2], fine)
        assert Breaker.objects.open_now().get().provider == "localhost"
        assert fine.statuses == [201]

    def test_three_busy_devices_over_more_than_a_minute_do_not(self, device):
        busy, fine = [device(f"/busy{number}") for number in range(3)], device("/fine")
        for each in busy:
            each.answers(429, Retry_After="600")
            tell(each)
            let_pass(31)
        tell(fine)
        assert fine.statuses == [201]

    def test_one_device_that_is_busy_three_times_does_not(self, device):
        busy, fine = device("/busy"), device("/fine")
        busy.answers(429, Retry_After="1")
        for _ in range(3):
            tell(busy)
            let_pass(2)
        tell(fine)
        assert (busy.statuses, fine.statuses) == ([429] * len(busy.statuses), [201])

    def test_a_503_rests_the_whole_service(self, device):
        failing, fine = device("/failing"), device("/fine")
        failing.answers(503, Retry_After="120")
        tell(failing, fine)
        assert fine.statuses == []
        assert Breaker.objects.open_now().exists()

    def test_a_busy_device_gives_back_the_probe_of_a_service_that_was_failing(self, device):
        busy, fine = device("/busy"), device("/fine")
        Breaker.objects.create(provider="localhost", failures=5, open_until=timezone.now())
        busy.answers(429, Retry_After="600")
        tell(busy, fine)
        assert fine.statuses == [201]


class TestRefused:
    """400, 401 and 403 at one device beside others that are accepted."""

    @pytest.mark.parametrize("status", [400, 401, 403])
    @pytest.mark.parametrize("first", ["bad", "good"])
    def test_twice_in_a_row_ends_it_and_no_other(self, device, sink, status, first):
        bad, good = device("/bad"), device("/good")
        bad.answers(status)
        for _ in range(3):
            tell(*((bad, good) if first == "bad" else (good, bad)))
        assert (bad.statuses, bad.is_live) == ([status] * 2, False)
        assert (good.statuses, good.is_live) == ([201] * 3, True)
        assert len(sink.received) == 3
        assert not StaffAlarm.objects.exists()

    @pytest.mark.parametrize("status", [400, 403])
    def test_once_does_not(self, device, status):
        bad, good = device("/bad"), device("/good")
        bad.answers(status)
        tell(bad, good)
        assert bad.is_live

    def test_twice_with_a_success_between_does_not(self, device):
        bad, good = device("/bad"), device("/good")
        for status in (403, 201, 403):
            bad.answers(status)
            tell(bad, good)
        assert (bad.statuses, bad.is_live) == ([403, 201, 403], True)

    def test_two_messages_that_are_due_at_once_and_refused_end_it(self, device):
        bad = device("/bad")
        bad.answers(400)
        for _ in range(3):
            make_waiting(bad.user, method="push")
            gather_notifications()
        send()
        assert (bad.statuses, bad.is_live) == ([400, 400], False)

    def test_the_success_of_another_just_before_counts(self, device):
        bad, good = device("/bad"), device("/good")
        tell(good)
        bad.answers(403)
        tell(bad)
        tell(bad)
        assert not bad.is_live

    def test_an_hour_between_the_two_counts_if_another_was_accepted_meanwhile(self, device):
        bad, good = device("/bad"), device("/good")
        bad.answers(403)
        tell(bad)
        let_pass(1800)
        tell(good)
        let_pass(1800)
        tell(bad)
        assert not bad.is_live

    def test_many_that_were_made_with_an_earlier_key_end_once_others_are_accepted(self, device):
        old, new = [device(f"/old{number}") for number in range(6)], device("/new")
        for each in old:
            each.answers(403)
        for _ in range(3):
            tell(new, *old)
        assert [each.is_live for each in old] == [False] * 6
        assert new.is_live

    def test_what_else_waits_for_an_ended_device_goes_by_mail_at_once(self, device, sink):
        gone = device("/gone")
        gone.answers(410)
        tell(gone)
        for _ in range(2):
            make_waiting(gone.user, method="push")
        send()
        assert (gone.statuses, len(sink.received)) == ([410], 2)

    def test_mail_goes_at_once_in_the_place_of_a_refused_push(self, device, sink):
        bad = device("/bad")
        bad.answers(403)
        tell(bad)
        assert len(sink.received) == 1

    @pytest.mark.parametrize("status", [413, 422, 302, 307])
    def test_what_is_wrong_with_one_message_ends_no_device(self, device, sink, status):
        bad = device("/bad")
        bad.answers(status, Location="https://elsewhere.example.org/")
        for _ in range(3):
            tell(bad)
        assert (bad.is_live, len(sink.received)) == (True, 3)


class TestOurs:
    """Refusals that are our own fault."""

    @pytest.mark.parametrize("status", [401, 403])
    def test_twenty_devices_at_once_end_none_and_staff_are_told(self, device, status):
        devices = [device(f"/{number}") for number in range(20)]
        for each in devices:
            each.answers(status)
        for _ in range(2):
            tell(*devices)
        assert all(each.is_live for each in devices)
        alarm = StaffAlarm.objects.get()
        assert (alarm.subject, str(status) in alarm.sentence) == ("push:localhost", True)

    def test_that_they_were_accepted_until_then_changes_nothing(self, device, push_service):
        devices = [device(f"/{number}") for number in range(20)]
        tell(*devices)
        push_service.usual = answer(403)
        for _ in range(2):
            tell(*devices)
        assert all(each.is_live for each in devices)
        assert StaffAlarm.objects.exists()

    def test_the_learners_of_all_of_them_get_mail(self, device, push_service, sink):
        devices = [device(f"/{number}") for number in range(20)]
        push_service.usual = answer(403)
        alerts = [make_waiting(each.user, method="push") for each in devices]
        send()
        assert {fetch(each).state for each in alerts} == {"sent"}
        assert len(sink.received) == 20

    def test_of_an_only_device_nobody_can_tell_so_it_stays(self, device):
        only = device("/only")
        tell(only)
        only.answers(403)
        for _ in range(3):
            tell(only)
        assert only.is_live
        assert StaffAlarm.objects.exists()

    def test_an_only_device_that_is_refused_once_alarms_nobody(self, device):
        only = device("/only")
        only.answers(403)
        tell(only)
        assert not StaffAlarm.objects.exists()

    def test_the_success_of_a_device_at_another_service_tells_nothing(self, device):
        only, elsewhere = device("/only"), device("/elsewhere")
        only.answers(403)
        for _ in range(2):
            tell(only, elsewhere)
            Delivery.objects.filter(subscription=elsewhere.pk).update(provider="other.example.org")
        assert only.is_live

    def test_what_was_refused_in_an_outage_is_not_held_against_a_device_that_works_again(
        self, device, push_service
    ):
        devices = [device(f"/{number}") for number in range(3)]
        push_service.usual = answer(403)
        tell(*devices)
        push_service.usual = answer(201)
        tell(*devices)
        assert {each.row.refusals for each in devices} == {0}

    def test_400_at_every_device_of_a_service_is_ours_too(self, device):
        devices = [device(f"/{number}") for number in range(OURS_FROM)]
        for each in devices:
            each.answers(400)
        for _ in range(2):
            tell(*devices)
        assert all(each.is_live for each in devices)
        assert StaffAlarm.objects.exists()

    def test_400_at_an_only_device_is_the_devices(self, device, sink):
        only = device("/only")
        only.answers(400)
        for _ in range(3):
            tell(only)
        assert (only.statuses, only.is_live, len(sink.received)) == ([400, 400], False, 3)
        assert not StaffAlarm.objects.exists()
