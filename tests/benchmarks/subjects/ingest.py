"""A large complete batch taken in, beside COPY of the same rows into a bare table."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from slots.ingestion.batches import parse_json
from slots.ingestion.ingest import ingest
from slots.ingestion.outcomes import Outcome
from slots.models import Slot, Source
from tests.benchmarks.figures import Figure, longer
from tests.benchmarks.measuring import Different, in_turns, same
from tests.benchmarks.world import TIMES_A_DAY, World, owner_at_rest

# The feed goes on before each side, so what we take in differs in twice as much from our last.
ROWS, CHANGED = 20_000, 0.05 / 2
NAME = "Benchmark feed"
AHEAD = timedelta(days=400)

BARE = """
CREATE TABLE bench.bare_slot (LIKE public.drivingtestslots INCLUDING ALL);
ALTER TABLE bench.bare_slot ADD FOREIGN KEY (center_id) REFERENCES dvsa_test_centers;
GRANT INSERT, SELECT, TRUNCATE ON bench.bare_slot TO PUBLIC
"""
COPY = "COPY bench.bare_slot (center_id, test_type, date, time) FROM STDIN"
COLUMNS = "center_id, test_type, date, time"
FORGET = """
DROP TABLE IF EXISTS bench.bare_slot;
DELETE FROM slots_slotopening USING slots_source source
 WHERE source_id = source.id AND source.name = %(name)s;
DELETE FROM drivingtestslots USING slots_source source
 WHERE source_id = source.id AND source.name = %(name)s OR date > current_date + 390;
DELETE FROM slots_sourcebaseline USING slots_source source
 WHERE source_id = source.id AND source.name = %(name)s;
DELETE FROM slots_feedbatch USING slots_source source
 WHERE source_id = source.id AND source.name = %(name)s;
DELETE FROM slots_source WHERE name = %(name)s
"""


class Feed:
    """Batches each of which drops the first slots of the one before and adds as many at the end."""

    def __init__(self, rows: int, *, changed: int | None = None) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT code, center_id FROM dvsa_test_centers ORDER BY center_id")
            self.centers = cursor.fetchall()
        self.rows, self.changed = rows, round(rows * CHANGED) if changed is None else changed
        self.first_day = timezone.localdate() + AHEAD
        self.began = datetime.now(UTC) - timedelta(hours=1)
        self.number = 0

    def next(self) -> None:
        """Go on to the next batch, as JSON for ours and as COPY's text for theirs."""
        self.number += 1
        slots = [self._slot(place) for place in self._places()]
        self.json = json.dumps(self._said(slots)).encode()
        self.text = "".join(
            f"{center}\tpractical\t{day}\t{at}\n" for (_, center), day, at in slots
        ).encode()

    def _places(self) -> range:
        start = self.number * self.changed
        return range(start, start + self.rows)

    def _slot(self, place: int) -> tuple[tuple[str, int], date, str]:
        turn, center = divmod(place, len(self.centers))
        day, minutes = divmod(turn, TIMES_A_DAY)
        at = f"{8 + minutes * 25 // 60:02}:{minutes * 25 % 60:02}"
        return self.centers[center], self.first_day + timedelta(days=day), at

    def _said(self, slots: list[tuple[tuple[str, int], date, str]]) -> dict:
        covers = {
            "centers": [code for code, _ in self.centers],
            "test_types": ["practical"],
            "date_from": self.first_day.isoformat(),
        }
        return {
            "sequence": self.number, "complete": True, "covers": covers,
            "observed_at": (self.began + timedelta(seconds=self.number)).isoformat(),
            "slots": [
                {"center": code, "test_type": "practical", "date": day.isoformat(), "time": at}
                for (code, _), day, at in slots
            ],
        }  # fmt: skip


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Ours from the bytes that arrive to the commit; theirs from COPY's text to the commit."""
    world.add_slots()
    rows = max(400, round(ROWS * min(1, world.scale * 4)))
    with owner_at_rest() as owner:
        owner.execute(FORGET, {"name": NAME})
        owner.execute(BARE)
        try:
            feed, source = Feed(rows), Source.objects.create(name=NAME)
            _check(feed, source)

            def next_batch() -> None:
                feed.next()
                owner.execute("TRUNCATE bench.bare_slot")

            taken = in_turns(lambda: _take_in(feed, source), lambda: _copy(feed), rounds=rounds,
                             warm_up=2, before=next_batch)  # fmt: skip
        finally:
            owner.execute(FORGET, {"name": NAME})
    what = f"a complete batch of {rows:,} slots, 5% of them changed"
    yield longer("ingest", what, taken, at_most=3)


def _check(feed: Feed, source: Source) -> None:
    """What is open of this source after a batch is what COPY lays into the bare table."""
    for status in ("baseline", "applied"):
        feed.next()
        outcome = _take_in(feed, source)
        if outcome.status != status:
            raise Different(f"the batch is {outcome.status}, not {status}: {outcome.reason}")
    _copy(feed)
    ours = set(Slot.objects.filter(source=source, available=True).values_list(*COLUMNS.split(", ")))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {COLUMNS} FROM bench.bare_slot")
        same(ours, set(cursor.fetchall()), "open slots")


def _take_in(feed: Feed, source: Source) -> Outcome:
    return ingest(source=source, batch=parse_json(feed.json))


@transaction.atomic
def _copy(feed: Feed) -> None:
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(feed.text)
