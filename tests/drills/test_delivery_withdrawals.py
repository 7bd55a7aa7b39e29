"""Drill 10: what is withdrawn while a queue is being worked off is never sent after the answer."""

import random
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import SavedSearch, User
from alerts.delivery.deliver import deliver
from alerts.erasure import erase_user
from alerts.models import Delivery
from alerts.searches.saving import delete_search, end_searches, pause_search
from slots.models import Slot, SlotOpening
from tests.alerts.waiting import make_waiting, tomorrow
from tests.alerts.world import make_center
from tests.drills.senders import dispatcher
from tests.drills.town import configure
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

QUEUE = 150
SENDING = {"sending", "accepted"}


def state_of(alert) -> str | None:
    """How far its message has come."""
    delivery = Delivery.objects.filter(notification__alerts=alert).first()
    return delivery.state if delivery else None


def unsubscribe(alert) -> str | None:
    end_searches(user=alert.user, ids=[alert.preference_id], actor=None)
    return state_of(alert)


def pause(alert) -> str | None:
    pause_search(search=alert.preference, until=tomorrow(7), actor=alert.user)
    return state_of(alert)


def delete(alert) -> str | None:
    delete_search(search=alert.preference, actor=alert.user)
    return state_of(alert)


def disable(alert) -> str | None:
    User.objects.filter(pk=alert.user_id).update(is_active=False)
    return state_of(alert)


def erase(alert) -> str | None:
    """What became of the message is erased with its user, so it is looked up under the lock."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=alert.user_id)
        state = state_of(alert)
        erase_user(user=alert.user, actor=None)
    return state


def close_slot(alert) -> str | None:
    """As a batch does that no longer lists the slot."""
    with transaction.atomic():
        Slot.objects.filter(pk=alert.slot_id).update(available=False)
        SlotOpening.objects.filter(pk=alert.opening_id).update(
            closed_at=timezone.now(), close_reason="gone"
        )
    return state_of(alert)


WITHDRAWALS = (unsubscribe, pause, delete, disable, erase, close_slot)


@pytest.mark.parametrize("queue", [QUEUE, pytest.param(5_000, marks=pytest.mark.long)])
@pytest.mark.parametrize("withdraw", WITHDRAWALS)
def test_nothing_is_sent_after_it_was_withdrawn(sink, seed, logs, withdraw, queue):
    configure(coalesce_seconds="0")
    center = make_center()
    alerts = []
    while len(alerts) < queue:
        with transaction.atomic():  # of thousands, each would be slower than the one before
            alerts += [make_waiting(center=center) for _ in range(50)]
    rng = random.Random(seed)
    sink.pause = 0.02
    senders = [dispatcher(logs / f"sender{number}") for number in range(2)]
    try:
        assert wait_until(lambda: sink.received, seconds=120)
        after_the_answer = set()
        for alert in rng.sample(alerts, 60):
            if withdraw(alert) not in SENDING:
                after_the_answer.add(alert.user.email)
        assert wait_until(lambda: not Delivery.objects.live().exists(), seconds=180 + queue)
    finally:
        for sender in senders:
            sender.kill()
    assert after_the_answer
    assert after_the_answer.isdisjoint({mail.recipient for mail in sink.received})


@pytest.mark.usual
def test_a_sender_leaves_a_withdrawal_that_is_under_way_and_what_it_concerns(sink, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    configure(coalesce_seconds="0")
    alert, other = make_waiting(), make_waiting()
    with transaction.atomic():
        SavedSearch.objects.filter(pk=alert.preference_id).update(is_active=False)
        sender = threading.Thread(target=send_and_close)
        sender.start()
        sender.join(30)
    assert [mail.recipient for mail in sink.received] == [other.user.email]
    Delivery.objects.live().update(next_attempt_at=timezone.now())
    deliver("email", seconds=20)
    assert (len(sink.received), state_of(alert)) == (1, "suppressed")


def send_and_close() -> None:
    """A round in a thread of its own, on its own connection."""
    try:
        deliver("email", seconds=20)
    finally:
        connection.close()
