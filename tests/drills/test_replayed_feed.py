"""Drill 1: batches of a feed come in, and everybody is told once of what opens near them."""

from pathlib import Path

import pytest

from slots.ingestion.batches import parse_json
from slots.ingestion.ingest import ingest
from slots.models import Source
from tests.drills.announced import Announced, covered
from tests.drills.feeds import made_feed, real_feed
from tests.drills.senders import beat, pause, worker
from tests.drills.test_delivery_workers import NOTHING_WRONG, running
from tests.drills.town import Town, compare, configure, heard
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]


def replay(source: Source, files: list[Path], announced: Announced) -> None:
    """Batch after batch, while the workers are at work."""
    for file in files:
        outcome = ingest(source=source, batch=parse_json(file.read_bytes()))
        assert outcome.status in ("applied", "baseline"), (file.name, outcome.reason)
        announced.take_file(file)
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
