"""How long after a batch is posted each learner's email has arrived, through all that is deployed.

The web server, workers of the queues and beat, as deploy/compose.yaml starts them, on a database
and a Redis of their own; a real feed is replayed where its recording lies beside this checkout.
"""

import http.client
import json
import os
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

from alerts.models import Delivery, UserAlert
from audit.models import SystemConfig
from slots.models import SlotOpening, Source
from slots.tokens import make_token
from tests import databases, servers
from tests.benchmarks.arrivals import arrivals_after
from tests.benchmarks.figures import Figure, absolute
from tests.benchmarks.measuring import Different, same
from tests.benchmarks.senders import HOST, MailSink, running_sink
from tests.benchmarks.web import running_web
from tests.benchmarks.world import CENTERS, World
from tests.brokers import broker_at
from tests.drills import feeds
from tests.drills.senders import beat, worker

LEARNERS, PLACES, BATCHES = 10_000, 120, 30
PATIENCE = 180.0
DATABASE = f"bench_latency_{os.getpid()}"
PROCESSES = {"matching": 2, "email": 4}
# Two days of a feed are replayed in minutes, so what is allowed in a day is not; all else is as it
# is for learners, the wait for more alerts too, but that everyone is told in one wave.
SETTINGS = {"alerts.daily_message_limit": "10000", "alerts.waves": "false"}
# Batches of a real feed come many minutes apart, so none finds the gap after the one before.
AGE = """
UPDATE alerts_notification
   SET created_at = created_at - interval '1 hour', due_at = due_at - interval '1 hour'
 WHERE created_at > statement_timestamp() - interval '1 hour'
"""
AT_MOST = {50: 3.0, 95: 5.0, 99: 8.0}
# Who lives near what a batch has opened, by a join in miles and without the reach table.
EXPECTED = """
SELECT DISTINCT lower(person.email)
  FROM slots_slotopening opening
  JOIN drivingtestslots slot USING (slot_id)
  JOIN dvsa_test_centers center USING (center_id)
  JOIN userpreferences search
    ON ST_DWithin(search.location, center.location, search.notification_radius * 1609.344)
  JOIN users person USING (user_id)
 WHERE opening.id > %(after)s AND opening.quiet IS NULL
"""


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """One figure for each percentile; the rounds are the batches of the feed."""
    batches = max(2, round(BATCHES * min(1.0, world.scale * 10)))
    databases.recreate(DATABASE, databases.TEMPLATE)
    try:
        with databases.used_here(DATABASE):
            grown = World(
                scale=PLACES / CENTERS, seed=world.seed, say=world.say,
                learners=min(LEARNERS, world.learners),
            )  # fmt: skip
            grown.add_searches()
            yield from _figures(grown, batches)
    finally:
        databases.drop(DATABASE)


def _figures(world: World, batches: int) -> Iterator[Figure]:
    for key, value in SETTINGS.items():
        SystemConfig.objects.update_or_create(key=key, defaults={"value": value})
    with tempfile.TemporaryDirectory() as name:
        kind, feed = _feed(Path(name), world, batches)
        with at_work(Path(name)) as service:
            service.replay(feed[:2])  # its baseline, and what warms everybody up
            seconds = service.replay(feed[2:])
    what = f"{len(seconds):,} emails of {batches} batches of {kind}, {world.learners:,} searches"
    for percentile, most in AT_MOST.items():
        yield absolute("latency", f"{what}: p{percentile}", seconds, "s",
                       percentile=percentile, at_most=most)  # fmt: skip


def _feed(folder: Path, world: World, batches: int) -> tuple[str, list[bytes]]:
    """Which feed it is and its first batches, at this world's centres."""
    real = feeds.TOOL.exists() and world.learners >= LEARNERS
    files = (
        feeds.real_feed(folder, batches + 2) if real
        else feeds.made_feed(folder, world.seed, batches + 2)
    )  # fmt: skip
    said = [json.loads(file.read_text()) for file in files]
    codes = sorted({code for each in said for code in each["covers"]["centers"]})
    places = {code: str(number) for number, code in enumerate(codes, start=1)}
    for each in said:
        each["covers"]["centers"] = [places[code] for code in each["covers"]["centers"]]
        each["slots"] = [row | {"center": places[row["center"]]} for row in each["slots"]]
    return "a real feed" if real else "a made feed", [json.dumps(each).encode() for each in said]


@dataclass(frozen=True)
class Service:
    """All that is deployed, at work."""

    port: int
    sink: MailSink
    token: str

    def replay(self, batches: Collection[bytes]) -> list[float]:
        """Post each and wait until all that it leads to is done; each email's seconds."""
        seconds: list[float] = []
        for batch in batches:
            newest = SlotOpening.objects.order_by("-pk").values_list("pk", flat=True).first()
            with arrivals_after(self.sink) as arrived:
                self._post(batch)
                if not servers.wait_until(settled, seconds=PATIENCE):
                    raise Different(f"not everybody was told within {PATIENCE:.0f} s")
            if expected := _expected(newest or 0):
                same({each.address for each in arrived}, expected, "emails")
            seconds += [each.seconds for each in arrived]
            _age_messages()
        return seconds

    def _post(self, batch: bytes) -> None:
        line = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        line.request("POST", "/api/v1/sources/feed/batches/", batch, headers)
        answer = line.getresponse()
        said = answer.read()
        line.close()
        if answer.status not in {200, 201}:
            raise Different(f"the batch was answered {answer.status}: {said[:300]!r}")


def settled() -> bool:
    """Whether all has been matched and every message has ended."""
    return not (
        SlotOpening.objects.unmatched().exists()
        or UserAlert.objects.filter(state="waiting").exists()
        or Delivery.objects.live().exists()
    )


def _age_messages() -> None:
    with connection.cursor() as cursor:
        cursor.execute(AGE)


def _expected(after: int) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(EXPECTED, {"after": after})
        return {row[0] for row in cursor.fetchall()}


@contextmanager
def at_work(folder: Path) -> Iterator[Service]:
    """The web server, the workers of matching and email and beat, ended afterwards."""
    _, token = make_token(source=Source.objects.create(name="feed"), label=None, actor=None)
    with servers.own_folder() as own, running_sink() as sink:
        redis = servers.OwnRedis(own)
        redis.start()
        environment = sink.environment | {
            "DATABASE_URL": databases.url_of(DATABASE, "app"),
            "DEBUG": "false",
        }
        programs = [
            worker(folder / queue, redis=redis.url, queues=queue, processes=count, **environment)
            for queue, count in PROCESSES.items()
        ]
        programs.append(beat(folder / "beat", redis=redis.url, **environment))
        try:
            with broker_at(redis.url), running_web(workers=2) as web:
                yield Service(web.port, sink, token)
        finally:
            for program in programs:
                program.kill()
            redis.stop()
