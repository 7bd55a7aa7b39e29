"""Drill 1: batches of a feed come in, and everybody is told once of what opens near them.

The oracle keeps sets of what was listed; who is near is measured by haversine.
"""

import json
from collections import Counter
from datetime import date, datetime, time
from pathlib import Path

import pytest

from slots.ingestion.batches import parse_json
from slots.ingestion.ingest import ingest
from slots.models import Source
from tests.drills.feeds import QUIET, Key, Recomputed, made_feed, real_feed
from tests.drills.senders import beat, pause, worker
from tests.drills.test_delivery_workers import NOTHING_WRONG, running
from tests.drills.town import Told, Town, compare, configure, heard, miles
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]


class Announced:
    """Who has to be told of each batch; of a centre's first, its baseline, nobody is."""

    def __init__(self, town: Town, codes: list[str]) -> None:
        self._listed = Recomputed()
        self.openings: Counter[Key] = Counter()
        self._covered: set[str] = set()
        self._learners: dict[str, list[str]] = {}
        self._names: dict[str, str] = {}
        for center, code in zip(town.centers, codes, strict=True):
            center.code = code
            center.save(update_fields=["code"])
            self._names[code] = center.name
            self._learners[code] = [
                search.user.email for search in town.searches
                if miles(town.home_of(search), center) <= search.notification_radius
            ]  # fmt: skip

    def take(self, said: dict) -> None:
        """What comes back soon goes on as what it was; all else that comes is announced."""
        before, closed_at = set(self._listed.open), dict(self._listed.closed_at)
        self._listed.take(said)
        at = datetime.fromisoformat(said["observed_at"])
        for key in self._listed.open - before:
            back = key in closed_at and at - closed_at[key] <= QUIET
            self.openings[key] += not back and key[0] in self._covered
        self._covered |= set(said["covers"]["centers"])

    def _told(self, keys: Counter[Key]) -> Counter[Told]:
        """Each learner in reach, each slot as the mails name it, and how often."""
        return Counter({
            (email, (self._names[code], date.fromisoformat(day), time.fromisoformat(at))): count
            for (code, day, at), count in keys.items() if count
            for email in self._learners[code]
        })  # fmt: skip

    def most(self) -> Counter[Told]:
        """What may be told, and how often."""
        return self._told(self.openings)

    def least(self) -> set[Told]:
        """What has to be told: of what is open in the end."""
        still = self._listed.to_come()
        return set(
            self._told(Counter(key for key, n in self.openings.items() if n and key in still))
        )


def replay(source: Source, files: list[Path], announced: Announced) -> None:
    """Batch after batch, while the workers are at work."""
    for file in files:
        outcome = ingest(source=source, batch=parse_json(file.read_bytes()))
        assert outcome.status in ("applied", "baseline"), (file.name, outcome.reason)
        announced.take(json.loads(file.read_text()))
        pause(1)


@pytest.mark.parametrize(
    "size", [("made", 60, 6), pytest.param(("real", 2000, 20), marks=pytest.mark.long)],
    ids=["made", "real"],
)  # fmt: skip
def test_everybody_is_told_once_of_what_a_feed_opens_near_them(
    sink, own_redis, seed, tmp_path, size
):
    configure()
    kind, learners, batches = size
    files = (
        made_feed(tmp_path, seed, batches + 1) if kind == "made"
        else real_feed(tmp_path, batches + 1)
    )  # fmt: skip
    codes = sorted({code for file in files for code in covered(file)})
    town = Town(seed, learners=learners, centers=len(codes))
    announced = Announced(town, codes)
    source = Source.objects.create(name="feed")
    redis = own_redis.url
    with running(worker(tmp_path / "worker", redis=redis), beat(tmp_path / "beat", redis=redis)):
        replay(source, files, announced)
        assert wait_until(town.all_told, seconds=180 + learners)
    assert announced.least()
    said = heard(sink.received)
    assert compare(said, least=announced.least(), most=announced.most()) == NOTHING_WRONG


def covered(file: Path) -> list[str]:
    """The centres that a batch says something of."""
    return json.loads(file.read_text())["covers"]["centers"]
