"""A source that lists a town's open slots, all of them each time, and what came of it."""

import io
import json
import random
from collections.abc import Callable
from datetime import date, time, timedelta

from django.utils import timezone

from slots.ingestion.batches import parse_json
from slots.ingestion.ingest import Outcome, ingest
from slots.models import Source
from slots.sources import add_source
from tests.drills.senders import pause
from tests.drills.town import Town

SlotKey = tuple[str, date, time]


class Listing:
    """What is open outside, which no disaster of ours changes."""

    def __init__(self, town: Town, seed: int) -> None:
        self.town = town
        self.open: set[SlotKey] = set()
        self._rng = random.Random(seed)
        self._names = {center.name: center for center in town.centers}
        self._minute = self._sequence = 0
        add_source(name="feed", actor=None)

    def opens(self, count: int) -> set[SlotKey]:
        """Slots that nobody has seen before."""
        new = {self._new() for _ in range(count)}
        self.open |= new
        return new

    def closes(self, count: int) -> None:
        """Slots that are gone."""
        self.open -= set(self._rng.sample(sorted(self.open), count))

    def _new(self) -> SlotKey:
        self._minute += 1
        day = timezone.localdate() + timedelta(days=3 + self._minute // 600)
        at = time(8 + self._minute % 600 // 60, self._minute % 60)
        return self._rng.choice(sorted(self._names)), day, at

    def post(self) -> Outcome:
        """Say all that is open."""
        self._sequence += 1
        said = {
            "sequence": self._sequence,
            "complete": True,
            "observed_at": timezone.now().isoformat(),
            "covers": {"centers": sorted(self._names), "test_types": ["practical"]},
            "slots": [
                {"center": name, "test_type": "practical", "date": f"{day}", "time": f"{at:%H:%M}"}
                for name, day, at in sorted(self.open)
            ],
        }
        batch = parse_json(io.BytesIO(json.dumps(said).encode()))
        return ingest(source=Source.objects.get(name="feed"), batch=batch)

    def go_on_until(self, over: Callable[[], object]) -> int:
        """Slots open and close, as they do; how many batches that were.

        Few close, so that a batch after the disaster is not held for closing too many at once.
        """
        batches = 0
        while not over():
            self.opens(2)
            self.closes(int(batches % 3 == 0))
            self.post()
            batches += 1
            pause(0.3)
        return batches

    def go_on(self, batches: int) -> None:
        """So many batches."""
        left = iter(range(batches))
        self.go_on_until(lambda: next(left, None) is None)

    def owed(self, new: set[SlotKey]) -> set[tuple[str, SlotKey]]:
        """Who has to be told of these."""
        self.town.openings = {
            number: (self._names[name], day, at) for number, (name, day, at) in enumerate(new)
        }
        return self.town.expected()
