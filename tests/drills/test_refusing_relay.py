"""A mail server that refuses everybody for a while, as one on a blocklist does."""

import pytest

from accounts.models import BareRefusal, Breaker, MailRefusal
from alerts.models import Delivery
from tests.drills.senders import beat, pause, worker
from tests.drills.test_delivery_workers import NOTHING_WRONG, running
from tests.drills.town import Town, configure, verdict
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

BLOCKED = "550 5.7.1 Service unavailable, your network is on a blocklist"


@pytest.mark.long
def test_ten_minutes_of_refusing_everybody_lose_nothing_and_mark_nobody(
    sink, own_redis, seed, logs
):
    """The short form moves the clocks: tests/alerts/delivery/test_refusals.py."""
    configure()
    town = Town(seed, learners=60, centers=20)
    sink.says["RCPT"] = BLOCKED
    program = worker(logs / "worker", redis=own_redis.url)
    with running(program, beat(logs / "beat", redis=own_redis.url)):
        town.open_slots(5)
        assert wait_until(is_left_alone, seconds=180)
        pause(600)
        town.open_slots(5)
        failures = Breaker.objects.get().failures
        sink.says.clear()
        assert wait_until(town.all_told, seconds=180)
    most = max(Delivery.objects.values_list("attempts", flat=True))
    print(f"{failures} failures, at most {most} attempts, {len(sink.received)} mails")  # noqa: T201 - figures of the long form
    assert verdict(town, sink.received) == NOTHING_WRONG
    assert (MailRefusal.objects.count(), BareRefusal.objects.count()) == (0, 0)
    assert Breaker.objects.get().failures == 0


def is_left_alone() -> bool:
    """Whether the breaker has opened."""
    return Breaker.objects.filter(provider="smtp", failures__gte=3).exists()
