"""Drill: a feed's openings are told in waves by two matchers, while senders are killed."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from alerts.models import Delivery, UserAlert
from audit.clock import database_now
from slots.ingestion.batches import parse_json
from slots.ingestion.ingest import ingest
from slots.models import SlotOpening, Source
from tests.alerts.matching import draws
from tests.drills.announced import Announced, covered
from tests.drills.feeds import made_feed, real_feed
from tests.drills.senders import Killer, beat, dispatcher, pause, worker
from tests.drills.test_delivery_workers import doubled, running
from tests.drills.town import Town, compare, configure, heard, miles
from tests.servers import wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.drill]
WAVE_SECONDS = 2


class Closings:
    """By when each opening was closed, by the database's clock."""

    def __init__(self) -> None:
        self._closed_by: dict[int, datetime] = {}

    def look(self) -> None:
        """A batch has been taken in: what is closed now was by now, and has not come back since."""
        now = database_now()
        closed = SlotOpening.objects.exclude(closed_at=None).values_list("pk", flat=True)
        self._closed_by = {opening: self._closed_by.get(opening, now) for opening in closed}

    def told_later(self) -> Iterator[str]:
        """Alerts that were written after their slot had closed for good."""
        for opening, at in self._closed_by.items():
            if UserAlert.objects.filter(opening=opening, created_at__gt=at).exists():
                yield f"opening {opening} was told after {at}"


def told_early() -> Iterator[str]:
    """Alerts that were written before their wave can have come."""
    found = UserAlert.objects.exclude(wave=None)
    for pk, wave, at, drawn_at in found.values_list(
        "pk", "wave", "created_at", "opening__matched_at"
    ):
        if at - drawn_at < timedelta(seconds=WAVE_SECONDS) * (wave - 1):
            yield f"alert {pk} of wave {wave} after {at - drawn_at}"


def drawn_wrongly(town: Town, first: int) -> Iterator[str]:
    """Openings whose waves are not what their seeds say."""
    for opening in SlotOpening.objects.exclude(matched_at=None).select_related("slot__center"):
        center = opening.slot.center
        near = {
            search.user_id for search in town.searches
            if miles(town.home_of(search), center) <= search.notification_radius
        }  # fmt: skip
        if opening.alerts.exists():
            yield from draws.faults(opening, near, first=first)


@pytest.mark.usual
@pytest.mark.parametrize(
    "size", [("made", 60, 6, 2), pytest.param(("real", 2000, 20, 15), marks=pytest.mark.long)],
    ids=["made", "real"],
)  # fmt: skip
def test_everyone_is_told_in_their_turn_or_not_once_the_slot_has_gone(
    sink, own_redis, seed, tmp_path, size
):
    kind, learners, batches, first = size
    configure(
        waves="true", wave_first=str(first), wave_seconds=str(WAVE_SECONDS), waves_end_minutes="1"
    )
    files = (
        made_feed(tmp_path, seed, batches + 1) if kind == "made"
        else real_feed(tmp_path, batches + 1)
    )  # fmt: skip
    codes = sorted({code for file in files for code in covered(file)})
    town = Town(seed, learners=learners, centers=len(codes))
    announced, closings = Announced(town, codes), Closings()
    source = Source.objects.create(name="feed")
    matching = {"redis": own_redis.url, "queues": "matching", "processes": 1}
    killer = Killer(
        lambda: dispatcher(tmp_path / "sender"), 2, random.Random(seed), (1.5, 3)
    )  # fmt: skip
    with running(
        worker(tmp_path / "matcher", **matching),
        worker(tmp_path / "hasty", **matching, minutes_off=10),
        beat(tmp_path / "beat", redis=own_redis.url),
    ):
        try:
            killer.start()
            for file in files:
                outcome = ingest(source=source, batch=parse_json(file.read_bytes()))
                assert outcome.status in ("applied", "baseline"), (file.name, outcome.reason)
                announced.take_file(file)
                closings.look()
                pause(WAVE_SECONDS)
            killer.end()
            settled = wait_until(town.all_told, seconds=180 + learners)
        finally:
            killer.kill_all()
    assert settled
    assert SlotOpening.objects.filter(wave__gt=1).exists()
    said = heard(sink.received)
    found = compare(said, least=announced.least(), most=announced.most())
    doubts = sum(Delivery.objects.in_doubt().values_list("in_doubt", flat=True))
    assert (found["loss"], found["unexpected"]) == (0, 0)
    assert doubled(sink) <= doubts <= killer.kills
    assert not list(told_early())
    assert not list(closings.told_later())
    assert not list(drawn_wrongly(town, first))
