"""Drill 10: what is withdrawn while a queue is being worked off is never sent after the answer."""

import random
import threading

import pytest
from django.db import connection, transaction

from accounts.models import SavedSearch, User
from alerts.models import Delivery
from alerts.rounds import send_round
from slots.models import Slot
from tests.alerts.waiting import make_waiting
from tests.alerts.world import make_center
from tests.drills.senders import dispatcher
from tests.drills.town import configure
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

QUEUE = 150
WITHDRAWALS = {
    "unsubscribed": lambda alert: SavedSearch.objects.filter(pk=alert.preference_id).update(
        is_active=False
    ),
    "deleted": lambda alert: SavedSearch.objects.filter(pk=alert.preference_id).delete(),
    "disabled": lambda alert: User.objects.filter(pk=alert.user_id).update(is_active=False),
    "gone": lambda alert: Slot.objects.filter(pk=alert.slot_id).update(available=False),
}


SENDING = {"sending", "accepted"}
# A learner's row is locked by the last look, so whoever withdraws waits for it. A slot's is not:
# whether it is open is answered as of that one statement, which may lie before its closing.
UNDER_WAY = {"gone": SENDING | {"claimed"}}


@pytest.mark.parametrize("withdraw", WITHDRAWALS.values(), ids=WITHDRAWALS)
def test_nothing_is_sent_after_it_was_withdrawn(request, sink, seed, logs, withdraw):
    configure(coalesce_seconds="0")
    center = make_center()
    with transaction.atomic():
        alerts = [make_waiting(center=center) for _ in range(QUEUE)]
    rng = random.Random(seed)
    under_way = UNDER_WAY.get(request.node.callspec.id, SENDING)
    senders = [dispatcher(logs / f"sender{number}") for number in range(2)]
    try:
        assert wait_until(lambda: sink.received, seconds=30)
        after_the_answer = set()
        for alert in rng.sample(alerts, 60):
            withdraw(alert)
            if state_of(alert) not in under_way:
                after_the_answer.add(alert.user.email)
        assert wait_until(lambda: not Delivery.objects.live().exists(), seconds=60)
    finally:
        for sender in senders:
            sender.kill()
    assert after_the_answer
    assert after_the_answer.isdisjoint({mail.recipient for mail in sink.received})


def state_of(alert) -> str | None:
    """How far its message had come when the answer was given."""
    delivery = Delivery.objects.filter(notification__alerts=alert).first()
    return delivery.state if delivery else None


def test_a_sender_waits_for_a_withdrawal_that_is_under_way(sink, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    configure(coalesce_seconds="0")
    alert = make_waiting()
    sender = threading.Thread(target=send_and_close)
    with transaction.atomic():
        SavedSearch.objects.filter(pk=alert.preference_id).update(is_active=False)
        sender.start()
        assert wait_until(someone_waits_for_a_lock, seconds=20)
    sender.join(30)
    assert (sink.received, Delivery.objects.get().state) == ([], "suppressed")


def send_and_close() -> None:
    """A round in a thread of its own, on its own connection."""
    try:
        send_round("email", seconds=20)
    finally:
        connection.close()


def someone_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
