"""Drill 7: push services of every mood at once, real workers, and the e-mail in a push's place."""

from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.contrib.gis.geos import Point

from accounts.models import SavedSearch, User
from alerts.models import Breaker, Delivery, PushSubscription, UserAlert
from alerts.watch import look
from tests.drills.senders import QUEUES, Program, beat, pause, worker
from tests.drills.test_delivery_workers import running
from tests.drills.town import Town, configure
from tests.push_endpoint import Answer, Browser, PushService, answer, hang, trickle
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

RETRY_AFTER = 5
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


class Subscribers:
    """Learners whose only browser is at one push service."""

    def __init__(self, folder: Path, name: str, town: Town, count: int) -> None:
        folder.mkdir()
        self.name, self.host = name, f"{name}.push.test"
        self.service = PushService(folder, self.host)
        self.service.usual = MOODS[name]
        self.browsers: dict[str, Browser] = {}
        for number in range(count):
            self._subscribe(f"{name}{number}@example.org", f"/{number}", town)

    def _subscribe(self, email: str, path: str, town: Town) -> None:
        user = User.objects.create(email=email, password="x")
        EmailAddress.objects.create(user=user, email=email, primary=True, verified=True)
        center = town.centers[0]
        SavedSearch.objects.create(
            user=user, notification_radius=60, notification_method="push",
            location=Point(float(center.longitude), float(center.latitude), srid=4326),
        )  # fmt: skip
        self.browsers[email] = browser = Browser(path)
        PushSubscription.objects.create(
            user=user, endpoint=self.service.url(path), p256dh=browser.p256dh, auth=browser.auth
        )

    def pushed(self) -> dict[str, int]:
        """How many slots each learner's browser was told of."""
        return {
            email: sum(
                browser.decrypt(each.body)["body"].count("\n") + 1
                for each in self.service.accepted(browser.path)
            )
            for email, browser in self.browsers.items()
        }

    def subscriptions_live(self) -> bool:
        found = PushSubscription.objects.filter(endpoint__startswith=f"https://{self.host}")
        return all(each.ended_at is None for each in found)


@pytest.fixture
def subscribers(tmp_path, monkeypatch, seed, request):
    """Learners at services of each mood; worker processes trust the services' certificates."""
    configure(push_patience_seconds="9")
    town = Town(seed, learners=0, centers=1)
    found = {name: Subscribers(tmp_path / name, name, town, request.param) for name in MOODS}
    bundle = tmp_path / "bundle.pem"
    bundle.write_bytes(b"".join(each.service.certificate.read_bytes() for each in found.values()))
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    yield town, found
    for each in found.values():
        each.service.close()


def workers(logs: Path, redis: str) -> list[Program]:
    """One worker for each channel, and beat; sent one after the other, so times are strict."""
    words = {"redis": redis, "DJANGO_SETTINGS_MODULE": "tests.drills.loopback_settings"}
    one = {
        queue: worker(logs / queue, queues=queue, processes=1, **words)
        for queue in QUEUES.split(",")
    }
    return [*one.values(), beat(logs / "beat", redis=redis)]


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
    with running(*workers(logs, own_redis.url)):
        town.open_slots(1)
        asked = all_of["busy"].service
        assert wait_until(lambda: asked.requests, seconds=30)
        asked.usual = answer(201)
        assert wait_until(lambda: all_ended(learners), seconds=60 + 5 * learners), look()
        expect_by_push_or_mail(all_of, mailed_at=sink.received, slots=1)
        expect_the_pause_was_kept(all_of)

        for each in all_of.values():
            each.service.usual = answer(201)
        wait_for_breakers()
        before = list(sink.received)
        town.open_slots(1)
        assert wait_until(lambda: all_ended(2 * learners), seconds=60 + 5 * learners), look()
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
    """Not one request earlier than asked for; and nobody else had to wait for it."""
    first, *later = all_of["busy"].service.requests
    assert first.status == 429
    assert all(each.at - first.at >= RETRY_AFTER for each in later)
    calm = all_of["created"].service.requests
    assert max(each.at for each in calm) < min(each.at for each in later)


def wait_for_breakers() -> None:
    """Whoever was left alone for having failed is tried again."""
    assert wait_until(lambda: not Breaker.objects.open_now().exists(), seconds=90)
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
