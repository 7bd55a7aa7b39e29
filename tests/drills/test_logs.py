"""A request's id follows it through a worker, and no log of either holds what is personal."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery import current_app
from django.contrib.gis.geos import Point
from django.test import Client
from django.utils import timezone

from accounts.models import SavedSearch
from alerts.models import Delivery, PushSubscription
from centers.models import Center
from dvsa_alerts.dev.run import SILENT
from dvsa_alerts.operations.logs.request_log import HEADER
from slots.sources import add_source
from slots.tokens import make_token
from tests.brokers import broker_at
from tests.drills.senders import Program, worker
from tests.drills.town import configure
from tests.people import learner
from tests.push_endpoint import Browser
from tests.servers import wait_until
from tests.smtp_sink import Mood

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]

EMAIL, POSTCODE = "ada.learner@example.org", "IG3 9UZ"
LATITUDE, LONGITUDE = 51.562345, 0.071234
ENDPOINT = "https://push.invalid/send/c8Yx1Zxq0aE:APA91bHun4MxP5egoKMwt2KZFBaFUH"
BROWSER = Browser("/")


@pytest.fixture
def token(monkeypatch) -> str:
    """A source's token; a learner of each method who would be told of its slot."""
    configure()
    Center.objects.create(
        name="Goodmayes", postcode=POSTCODE, code="482", latitude=LATITUDE, longitude=LONGITUDE
    )
    for method, email in (("email", EMAIL), ("push", f"push.{EMAIL}")):
        user = learner(email)
        SavedSearch.objects.create(
            user=user, postcode=POSTCODE, location=Point(LONGITUDE, LATITUDE, srid=4326),
            notification_radius=5, notification_method=method,
        )  # fmt: skip
    PushSubscription.objects.create(
        user=user, endpoint=ENDPOINT, p256dh=BROWSER.p256dh, auth=BROWSER.auth
    )
    monkeypatch.setenv("PUSH_HOSTS", "push.invalid")
    source = add_source(name="feed", actor=None)
    return make_token(source=source, label=None, actor=None)[1]


@pytest.fixture
def at_work(own_redis, sink, logs, token) -> Iterator[Program]:
    """A worker that logs as on a server, without a beat, and a mail server that knows nobody."""
    sink.mood = Mood.STRICT
    program = worker(logs / "worker", redis=own_redis.url, loglevel="INFO", DEBUG="false")
    assert wait_until(lambda: "ready" in program.said(), seconds=180), program.said()
    with broker_at(own_redis.url):
        yield program
    program.kill()


def post_batch(token: str) -> str:
    """One slot that opens; the id of the request."""
    day = (timezone.localdate() + timedelta(days=10)).isoformat()
    body = {
        "sequence": 1, "observed_at": timezone.now().isoformat(), "complete": False,
        "slots": [{"center": "482", "test_type": "practical", "date": day, "time": "08:10"}],
    }  # fmt: skip
    answer = Client().post(
        "/api/v1/sources/feed/batches/", json.dumps(body), content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )  # fmt: skip
    assert answer.status_code < 300, answer.content
    return answer.headers[HEADER]


@pytest.mark.usual
def test_a_requests_id_follows_it_and_nothing_personal_is_logged(at_work, token):
    request_id = post_batch(token)
    with current_app.connection_for_write() as line:  # a kept one may be another drill's
        for name, queue in (("nobody.knows", "housekeeping"), ("alerts.tasks.match", "matching")):
            said = [EMAIL, POSTCODE, ENDPOINT, LATITUDE]
            current_app.send_task(name, args=said, queue=queue, connection=line)
    tried = Delivery.objects.exclude(last_error=None)
    assert wait_until(lambda: tried.count() >= 2, seconds=180), at_work.said()
    assert wait_until(lambda: "unregistered" in at_work.said(), seconds=120)
    assert wait_until(lambda: "TypeError" in at_work.said(), seconds=120)
    assert wait_until(lambda: "sent channel=email" in at_work.said(), seconds=120)

    lines = [json.loads(line) for line in at_work.said().splitlines()]
    matched = [line for line in lines if line["message"].startswith("matched openings=1")]
    assert [line["request_id"] for line in matched] == [request_id]
    assert matched[0]["task"].startswith("alerts.tasks.match[")
    assert any(line["message"].startswith("sent channel=email") for line in lines)
    secrets = (
        EMAIL, "ada.learner", POSTCODE, "IG39UZ", token, "c8Yx1Zxq0aE", "APA91b", BROWSER.auth,
        BROWSER.p256dh, str(LATITUDE), str(LONGITUDE), "51.5623",
    )  # fmt: skip
    assert [secret for secret in secrets if secret in at_work.said()] == []


def test_what_celery_says_when_it_starts_and_stops_is_lines_like_all_others(own_redis, logs):
    words = ("-m", "celery", "-A", "dvsa_alerts", "worker", "-c", "1", "--loglevel", "INFO")
    told = {"REDIS_URL": own_redis.url, "DEBUG": "false"}
    program = Program(*words, *SILENT, log=logs / "worker", **told)
    assert wait_until(lambda: "ready" in program.said(), seconds=180), program.said()
    program.stop()
    lines = [json.loads(line) for line in program.said().splitlines()]
    ending = [line for line in lines if "Warm shutdown" in line["message"]]
    assert [line["logger"] for line in ending] == ["celery.apps.worker"]
