"""The simulated source: slots that open and close as a real feed's do, for looking around.

What is open is read from the database before each round, so a restart, a change by staff or a
failed round needs no repair; only when each slot will close is remembered here.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from django.db.models import Max

from centers.models import Center
from centers.naming import AmbiguousCenter, Directory
from dvsa_alerts.simulation import rhythm
from dvsa_alerts.simulation.wishes import Key, wished_slot
from slots.config import REOPEN_QUIET_MINUTES
from slots.ingestion.batches import parse_json
from slots.ingestion.ingest import Outcome, ingest
from slots.models import FeedBatch, Slot, SlotOpening, Source, SourceBaseline
from slots.querysets import LONDON
from slots.sources import add_source

NAME = "simulated"
# So that the learner who is told of it finds it still open.
SHORTEST_FOR_A_SEARCH = 60.0
CLOSINGS_REMEMBERED = 1000


class NotSimulatedError(ValueError):
    """A real source has the simulated one's name."""


@dataclass
class Simulation:
    """One run of the simulated source; `ends` says at which simulated minute a slot closes."""

    source: Source
    seed: int
    clock: float = 0.0
    ends: dict[Key, float] = field(default_factory=dict)

    def play_round(self, now: datetime) -> tuple[Outcome, float]:
        """Send the next batch, observed `now`; also the simulated minutes until the next one."""
        round_ = _Round(self, now)
        outcome = ingest(source=self.source, batch=parse_json(round_.batch()))
        minutes = rhythm.round_length(round_.rng)
        self.clock += minutes
        return outcome, minutes


def simulated_source(name: str = NAME) -> Source:
    """The source, made at its first use; NotSimulatedError if the name is a real source's."""
    source = Source.objects.filter(name=name).first()
    if source is None:
        return add_source(name=name, is_simulated=True, actor=None)
    if not source.is_simulated:
        raise NotSimulatedError(f"the source {name} is not a simulated one")
    return source


class _Round:
    """What is open now, and what is said to be open next."""

    def __init__(self, simulation: Simulation, now: datetime) -> None:
        self.simulation = simulation
        self.source = simulation.source
        self.now = now
        self.today = now.astimezone(LONDON).date()
        self.sequence = _next_sequence(self.source)
        self.rng = Random(f"{simulation.seed}/{self.sequence}")  # noqa: S311
        self.centers = _references()
        self.weights = {pk: rhythm.weight(simulation.seed, pk) for pk in self.centers}

    def batch(self) -> bytes:
        """The batch as the JSON that any feed would post."""
        slots = [
            {"center": self.centers[center], "test_type": "practical", "date": day, "time": start}
            for center, day, start in self._listed()
        ]
        covers = {"centers": list(self.centers.values()), "test_types": ["practical"]}
        said = {"sequence": self.sequence, "observed_at": self.now, "complete": True}
        return json.dumps(said | {"covers": covers, "slots": slots}, default=_in_json).encode()

    def _listed(self) -> list[Key]:
        """Every slot that is open after this round; each gets its end."""
        ends = self._of_those_open()
        ends |= self._at_new_centers()
        ends |= self._opening(set(ends))
        ends |= self._for_newest_search(set(ends))
        self.simulation.ends = ends
        return sorted(ends)

    def _of_those_open(self) -> dict[Key, float]:
        """What is open and stays so; what this run has not met before lives on for a while."""
        mine = Slot.objects.open_at(self.now).filter(source=self.source, test_type="practical")
        known, clock = self.simulation.ends, self.simulation.clock
        ends = {}
        for key in _keys(mine.order_by("center_id", "date", "time"), self.centers):
            found_now = clock + rhythm.remaining_lifetime(self.rng)
            ends[key] = known.get(key, found_now)
        return {key: end for key, end in ends.items() if end > clock}

    def _at_new_centers(self) -> dict[Key, float]:
        """What is found open at the centres that this source lists for the first time."""
        seen = SourceBaseline.objects.filter(source=self.source, test_type="practical")
        known = set(seen.values_list("center_id", flat=True))
        found = [
            (center, *rhythm.test_start(self.rng, self.today))
            for center in self.centers
            if center not in known
            for _ in range(round(rhythm.OPEN_PER_CENTER * self.weights[center]))
        ]
        return {key: self._end(rhythm.remaining_lifetime(self.rng)) for key in found}

    def _opening(self, open_now: set[Key]) -> dict[Key, float]:
        """What opens in this round, most of it not for the first time."""
        count = rhythm.openings(self.rng, len(self.centers), len(open_now))
        closed = [key for key in self._taken_before() if key not in open_now]
        back = min(round(count * rhythm.RETURNING_SHARE), len(closed))
        keys = self.rng.sample(closed, back)
        keys += [self._fresh(open_now) for _ in range(count - back)]
        return {key: self._end(rhythm.lifetime(self.rng)) for key in keys}

    def _fresh(self, open_now: set[Key]) -> Key:
        """Anything that is not open; there are far more starts than are ever open at once."""
        while True:
            center = self.rng.choices(list(self.weights), list(self.weights.values()))[0]
            key = (center, *rhythm.test_start(self.rng, self.today))
            if key not in open_now:
                return key

    def _taken_before(self) -> list[Key]:
        """Slots still to come that this source has seen taken, so long ago that nobody would
        take their return for the same opening."""
        quiet = timedelta(minutes=REOPEN_QUIET_MINUTES.value())
        gone = SlotOpening.objects.filter(
            source=self.source,
            close_reason=SlotOpening.CloseReason.GONE,
            closed_at__lt=self.now - quiet,
        ).order_by("-id")[:CLOSINGS_REMEMBERED]
        slots = Slot.objects.filter(
            id__in=list(gone.values_list("slot_id", flat=True)), date__gt=self.today
        )
        return _keys(slots.order_by("center_id", "date", "time"), self.centers)

    def _for_newest_search(self, open_now: set[Key]) -> dict[Key, float]:
        """One more slot, near the newest search that has a place and wants a practical test."""
        key = wished_slot(self.rng, open_now, self.now)
        if key is None:
            return {}
        return {key: self._end(max(SHORTEST_FOR_A_SEARCH, rhythm.lifetime(self.rng)))}

    def _end(self, minutes: float) -> float:
        return self.simulation.clock + minutes


def _references() -> dict[int, str]:
    """By what each open centre is named, by its id; none that shares its name with another."""
    directory = Directory.read()
    references = {}
    for center in Center.objects.open().order_by("id"):
        with suppress(AmbiguousCenter):
            reference = center.code or center.name
            references[directory.find(reference).center_id] = reference
    return references


def _next_sequence(source: Source) -> int:
    newest = FeedBatch.objects.filter(source=source).aggregate(Max("sequence"))
    return (newest["sequence__max"] or 0) + 1


def _keys(slots: Iterable[Slot], centers: dict[int, str]) -> list[Key]:
    keys = [(slot.center_id, slot.date, slot.time) for slot in slots]
    return [key for key in keys if key[0] in centers]


def _in_json(value: date | time | datetime) -> str:
    return value.strftime("%H:%M") if isinstance(value, time) else value.isoformat()
