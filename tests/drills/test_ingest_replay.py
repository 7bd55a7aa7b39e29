"""A feed replayed: in order, twice, shuffled, and by four at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest
from django.db import connection

from slots.ingestion import holding
from slots.ingestion.batches import parse_json
from slots.ingestion.ingest import Outcome, ingest
from slots.models import FeedBatch, SlotOpening, Source
from tests.drills.feeds import (
    Recomputed,
    made_feed,
    make_centers_of,
    open_now,
    openings_are_sound,
    real_feed,
)  # fmt: skip

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]


@pytest.fixture
def source(transactional_db) -> Source:
    return Source.objects.create(name="feed")


@pytest.fixture(params=["made", "real"])
def files(request, tmp_path, seed, transactional_db) -> list[Path]:
    """A dozen batches."""
    found = real_feed(tmp_path, 12) if request.param == "real" else made_feed(tmp_path, seed, 12)
    make_centers_of(found)
    return found


def send(source: Source, file: Path) -> Outcome:
    return ingest(source=source, batch=parse_json(file.read_bytes()))


def replay(source: Source, files: list[Path]) -> None:
    """Send all in order; after each the counts and what is open are those counted independently."""
    count = Recomputed()
    for file in files:
        expected = count.take(json.loads(file.read_text()))
        outcome = send(source, file)
        assert (outcome.opened, outcome.closed) == expected, file.name
        assert open_now() == count.to_come(), file.name
    assert SlotOpening.objects.count() == count.openings
    assert openings_are_sound()


def test_a_feed_in_order_opens_and_closes_what_is_counted_independently(source, files):
    replay(source, files)


@pytest.mark.long
def test_the_whole_real_feed_in_order_opens_and_closes_what_is_counted_independently(
    source, tmp_path
):
    files = real_feed(tmp_path)
    make_centers_of(files)
    assert len(files) == 175
    replay(source, files)


@pytest.fixture
def nothing_held(monkeypatch) -> None:
    """Holding has its tests; here a leap in time, or chance, may close anything at once."""
    for name in ("FEWEST_CLOSABLE", "FEWEST_OF_ALL", "FEWEST_CENTERS"):
        monkeypatch.setattr(holding, name, 10**9)


def expected_of_the_order_taken(files: list[Path]) -> Recomputed:
    """Batches get their ids under the source's lock: that is the order in which they counted."""
    said = {json.loads(file.read_text())["sequence"]: file for file in files}
    count = Recomputed()
    for sequence in FeedBatch.objects.order_by("id").values_list("sequence", flat=True):
        count.take(json.loads(said[sequence].read_text()))
    return count


def check_some_serial_order(files: list[Path]) -> None:
    count = expected_of_the_order_taken(files)
    assert open_now() == count.to_come()
    assert SlotOpening.objects.count() == count.openings
    assert FeedBatch.objects.count() == len(files)
    assert openings_are_sound()


@pytest.mark.usual
def test_every_batch_sent_twice_counts_once(source, files):
    for file in files:
        send(source, file)
        assert send(source, file).status == "repeated"
    check_some_serial_order(files)


@pytest.mark.usefixtures("nothing_held")
def test_a_shuffled_order_ends_as_the_batches_that_were_not_stale(source, files, seed):
    order = files * 2
    Random(seed).shuffle(order)
    for file in order:
        send(source, file)
    check_some_serial_order(files)


@pytest.mark.usefixtures("nothing_held")
def test_four_at_once_end_as_some_serial_order(source, files, seed):
    order = files * 2
    Random(seed).shuffle(order)
    send_by_four(source, order)
    check_some_serial_order(files)


@pytest.mark.long
@pytest.mark.usefixtures("nothing_held")
def test_the_whole_real_feed_by_four_at_once_ends_as_some_serial_order(source, tmp_path, seed):
    files = real_feed(tmp_path)
    make_centers_of(files)
    order = [file for pair in zip(files, files, strict=True) for file in pair]
    send_by_four(source, order)
    check_some_serial_order(files)


@pytest.mark.long
@pytest.mark.usefixtures("nothing_held")
def test_the_whole_real_feed_shuffled_and_twice_ends_as_the_batches_that_were_not_stale(
    source, tmp_path, seed
):
    files = real_feed(tmp_path)
    make_centers_of(files)
    order = files * 2
    Random(seed).shuffle(order)
    send_by_four(source, order)
    check_some_serial_order(files)


def send_by_four(source: Source, order: list[Path]) -> None:
    def sender(number: int) -> None:
        try:
            for file in order[number::4]:
                send(source, file)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(sender, range(4)))


@pytest.mark.usefixtures("nothing_held")
def test_two_sources_at_once_over_the_same_centres_end_sound(files, transactional_db):
    # Who opened what is chance here: of few of its own, a source may lose all in one batch.
    sources = [Source.objects.create(name=name) for name in ("one", "two")]

    def sender(source: Source) -> None:
        try:
            for file in files:
                send(source, file)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(sender, sources))
    assert FeedBatch.objects.exclude(status__in=["applied", "baseline"]).count() == 0
    count = Recomputed()
    for file in files:
        count.take(json.loads(file.read_text()))
    assert open_now() == count.to_come()
    assert openings_are_sound()
