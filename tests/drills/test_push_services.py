"""Drill 7: push services of every mood at once, real workers, and the email in a push's place."""

import pytest

from accounts.models import Breaker
from alerts.models import Delivery, UserAlert
from alerts.watching.watch import look
from audit.config import CACHE_SECONDS
from tests.drills.senders import pause
from tests.drills.subscribers import Subscribers, trust, workers
from tests.drills.test_delivery_workers import running
from tests.drills.town import Town, configure
from tests.push_endpoint import Answer, answer, hang, trickle
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

RETRY_AFTER = 5
# Until all that will be accepted has been, however long a busy machine takes over it.
ENDLESS, ENDED_NOW = "3600", "1"
MOODS: dict[str, Answer] = {
    "created": answer(201),
    "missing": answer(404),
    "gone": answer(410),
    "large": answer(413),
    "busy": answer(429, Retry_After=str(RETRY_AFTER)),
    "denied": answer(403),
    "broken": answer(500),
    "silent": hang,
    "slow": trickle,
}
ENDED = {"missing", "gone"}
PUSHED = {"created", "busy"}


@pytest.fixture
def subscribers(tmp_path, seed, request):
    """Learners at services of each mood."""
    configure(push_patience_seconds=ENDLESS)
    town = Town(seed, learners=0, centers=1)
    found = {name: Subscribers(tmp_path / name, name, town, request.param) for name in MOODS}
    for name, each in found.items():
        each.service.usual = MOODS[name]
    yield town, found
    for each in found.values():
        each.service.close()


def all_tried(all_of: dict[str, Subscribers]) -> bool:
    """Each service was asked, and those that accept a push have been given every one."""
    asked = all(each.service.requests for each in all_of.values())
    return asked and all(all(all_of[name].pushed().values()) for name in PUSHED)


def all_ended(count: int) -> bool:
    """So many alerts were made, and every one of them and of their messages has ended."""
    made = UserAlert.objects.exclude(state="waiting").count()
    return made == count and not Delivery.objects.live().exists()


@pytest.mark.parametrize(
    "subscribers", [2, pytest.param(12, marks=pytest.mark.long)], indirect=True
)
def test_every_answer_of_a_push_service_does_what_it_means(subscribers, sink, own_redis, logs):
    town, all_of = subscribers
    learners = sum(len(each.browsers) for each in all_of.values())
    environment = trust([each.service for each in all_of.values()], logs)
    with running(*workers(logs, own_redis.url, environment)):
        town.open_slots(1)
        asked = all_of["busy"].service
        assert wait_until(lambda: asked.requests, seconds=120)
        asked.usual = answer(201)
        assert wait_until(lambda: all_tried(all_of), seconds=180 + 5 * learners), look()
        configure(push_patience_seconds=ENDED_NOW)
        assert wait_until(lambda: all_ended(learners), seconds=180 + 5 * learners), look()
        configure(push_patience_seconds=ENDLESS)
        expect_by_push_or_mail(all_of, mailed_at=sink.received, slots=1)
        expect_the_pause_was_kept(all_of)

        for each in all_of.values():
            each.service.usual = answer(201)
        wait_for_breakers()
        before = list(sink.received)
        town.open_slots(1)
        assert wait_until(lambda: all_ended(2 * learners), seconds=180 + 5 * learners), look()
    expect_each_live_browser_is_woken(all_of, mails=sink.received[len(before) :])


def expect_by_push_or_mail(all_of, *, mailed_at, slots: int) -> None:
    """Each learner by one way alone; subscriptions end where the answer says so, nowhere else."""
    mailed = [mail.recipient for mail in mailed_at]
    for name, each in all_of.items():
        by_push = name in PUSHED
        assert each.pushed() == dict.fromkeys(each.browsers, slots if by_push else 0), name
        by_mail = {email: mailed.count(email) for email in each.browsers}
        assert by_mail == dict.fromkeys(each.browsers, 0 if by_push else slots), name
        assert each.subscriptions_live() == (name not in ENDED), name
    assert set(UserAlert.objects.values_list("state", flat=True)) == {"sent"}


def expect_the_pause_was_kept(all_of) -> None:
    """No device earlier than asked for; and nobody else had to wait for it."""
    busy = all_of["busy"].service.requests
    refused = {each.path: each.at for each in busy if each.status == 429}
    again = [each for each in busy if each.status == 201 and each.path in refused]
    assert refused
    assert all(each.at - refused[each.path] >= RETRY_AFTER for each in again)
    calm = all_of["created"].service.requests
    assert max(each.at for each in calm) < min(each.at for each in again)


def wait_for_breakers() -> None:
    """Whoever was left alone for having failed is tried again; the workers know their patience."""
    pause(CACHE_SECONDS)
    assert wait_until(lambda: not Breaker.objects.open_now().exists(), seconds=180)
    pause(1)


def expect_each_live_browser_is_woken(all_of, *, mails) -> None:
    """What had failed works again; only who has no subscription left gets mail."""
    mailed = {mail.recipient for mail in mails}
    for name, each in all_of.items():
        if name in ENDED:
            assert mailed >= set(each.browsers), name
        else:
            assert all(each.pushed().values()), name
            assert mailed.isdisjoint(each.browsers), name


@pytest.mark.parametrize("count", [12, pytest.param(100, marks=pytest.mark.long)])
def test_two_senders_keep_the_pause_that_one_of_them_was_asked_for(
    sink, own_redis, seed, logs, count
):
    """What the other has ready at that moment is held back too: each asks once at most."""
    configure(push_patience_seconds="120")
    town = Town(seed, learners=0, centers=1)
    asked = Subscribers(logs / "busy", "busy", town, count)
    asked.service.usual = answer(503, Retry_After=str(RETRY_AFTER))
    programs = workers(logs, own_redis.url, trust([asked.service], logs), senders=2)
    with running(*programs):
        town.open_slots(1)
        assert wait_until(lambda: asked.service.requests, seconds=120)
        pause(1)
        asked.service.usual = answer(201)
        assert wait_until(lambda: all_ended(count), seconds=180), look()
    asked.service.close()
    first = asked.service.requests[0]
    soon = [each for each in asked.service.requests if each.at - first.at < RETRY_AFTER]
    assert len(soon) <= 2
    assert asked.pushed() == dict.fromkeys(asked.browsers, 1)
    assert sink.received == []
