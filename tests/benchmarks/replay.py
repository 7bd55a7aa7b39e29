"""A real feed's openings told to learners who answer after a drawn delay, by several rules.

What is drawn: how quick each learner is, whether a message is acted on, and when. What is the
feed's: when each slot opened, and by when someone else had taken it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from math import erf, inf, log, sqrt
from pathlib import Path
from random import Random
from statistics import mean

from alerts.matching.waves import GROWTH
from tests.drills.feeds import Key, Recomputed

# Of a hundred who are told, so many try to take the slot; half of them within so many minutes.
ACTING, MINUTES, SPREAD = 0.05, 4.0, 1.2
# How much learners differ in how quick they are.
QUICKNESS = 0.8
# Learners who look around the same few centres want the same slots.
CENTERS_OF_ONE = 5
# So many of those who were told stand for all of them where a share is asked for.
ASKED = 300


@dataclass(frozen=True)
class Seen:
    """A slot that opened, at a minute of the feed, and the minute by which it had gone."""

    region: int
    opened: float
    gone: float


@dataclass(frozen=True)
class Policy:
    """How an opening is told: so many learners first (None: all at once), then more."""

    first: int | None
    seconds: int = 120
    minutes: int = 10

    def waves(self, fitting: int) -> Iterator[tuple[float, int]]:
        """When each wave is told, in minutes from the opening, and how many are."""
        at, size, left = 0.0, self.first or fitting, fitting
        while left:
            is_last = at + self.seconds / 60 >= self.minutes
            told = left if is_last else min(size, left)
            yield at, told
            at, size, left = at + self.seconds / 60, size * GROWTH, left - told

    def __str__(self) -> str:
        return "all at once" if self.first is None else f"{self.first}, every {self.seconds} s"


@dataclass
class Learner:
    """One learner of a region; `quickness` divides what they take to answer."""

    quickness: float
    alerts: int = 0
    taken: int = 0


@dataclass
class Played:
    """What became of a policy."""

    slots: int = 0
    taken: int = 0
    messages: int = 0
    late: float = 0.0
    learners: list[Learner] = field(default_factory=list)

    @property
    def messages_a_slot(self) -> float:
        """Messages for each slot that was taken by someone we told."""
        return self.messages / max(self.taken, 1)

    @property
    def taken_share(self) -> float:
        """The share of all slots that someone we told took."""
        return self.taken / max(self.slots, 1)

    @property
    def late_share(self) -> float:
        """The share of messages that were read after the slot had gone."""
        return self.late / max(self.messages, 1)

    @property
    def by_chance(self) -> float:
        """How much luckier one half of the learners was than the other, halved without a reason."""
        ratio = _ratio(self.learners[::2], self.learners[1::2])
        return max(ratio, 1 / ratio)

    @property
    def by_thumb(self) -> float:
        """How many times as often the quicker half got a slot as the slower half."""
        ordered = sorted(self.learners, key=lambda learner: learner.quickness)
        half = len(ordered) // 2
        return _ratio(ordered[half:], ordered[:half])


def _ratio(some: Sequence[Learner], others: Sequence[Learner]) -> float:
    one, other = (mean(learner.taken for learner in half) for half in (some, others))
    return max(one, 1e-9) / max(other, 1e-9)


class Region:
    """Learners who want the same slots, by how many alerts they have had."""

    def __init__(self, learners: int, rng: Random) -> None:
        self._rng = rng
        self.learners = [Learner(rng.lognormvariate(0, QUICKNESS)) for _ in range(learners)]
        self._by_alerts = {0: list(self.learners)}

    def draw(self) -> Iterator[Learner]:
        """Everyone, those with the fewest alerts first and by lot among equals."""
        for alerts in sorted(self._by_alerts):
            equals = self._by_alerts[alerts]
            while equals:
                place = self._rng.randrange(len(equals))
                equals[place], equals[-1] = equals[-1], equals[place]
                yield equals.pop()

    def told(self, learners: Iterable[Learner]) -> None:
        """Put back those who were drawn, with an alert more."""
        for learner in learners:
            learner.alerts += 1
            self._by_alerts.setdefault(learner.alerts, []).append(learner)


def play(seen: Iterable[Seen], policy: Policy, *, learners: int, seed: int) -> Played:
    """Tell all of it by one policy, each slot to so many learners of its region."""
    rng, played = Random(seed), Played()
    regions: dict[int, Region] = {}
    for slot in seen:
        if slot.region not in regions:
            regions[slot.region] = Region(learners, rng)
        _tell(slot, regions[slot.region], policy, rng, played)
    played.learners = [learner for each in regions.values() for learner in each.learners]
    return played


def _tell(slot: Seen, region: Region, policy: Policy, rng: Random, played: Played) -> None:
    """Wave after wave, until the slot is gone or someone we told has taken it."""
    gone, winner, told = slot.gone, None, []
    order = region.draw()
    for minutes, size in policy.waves(len(region.learners)):
        at = slot.opened + minutes
        if at >= gone:
            break
        turn = list(islice(order, size))
        told += [(at, learner) for learner in turn]
        acts = ((at + _delay(each, rng), each) for each in turn if rng.random() < ACTING)
        first, quickest = min(acts, key=lambda act: act[0], default=(inf, None))
        if first < gone:
            gone, winner = first, quickest
    region.told(learner for _, learner in told)
    asked = rng.sample(told, min(ASKED, len(told)))
    read = sum(_read_by(gone - at, learner) for at, learner in asked)
    played.late += len(told) * (1 - read / max(len(asked), 1))
    played.slots += 1
    played.messages += len(told)
    if winner is not None:
        winner.taken += 1
        played.taken += 1


def _delay(learner: Learner, rng: Random) -> float:
    return rng.lognormvariate(log(MINUTES), SPREAD) / learner.quickness


def _read_by(minutes: float, learner: Learner) -> float:
    """How likely it is that a message has been read by then."""
    if minutes <= 0:
        return 0.0
    if minutes == inf:
        return 1.0
    return (1 + erf(log(minutes * learner.quickness / MINUTES) / SPREAD / sqrt(2))) / 2


def seen_in(files: Sequence[Path], *, seed: int) -> list[Seen]:
    """What a feed's files open, in order; a slot went at some moment between two observations."""
    rng, listed = Random(seed), Recomputed()
    opened: dict[Key, float] = {}
    regions: dict[str, int] = {}
    found: list[Seen] = []
    begin, before = None, 0.0
    for file in files:
        said = json.loads(file.read_text())
        was_open, moment = set(listed.open), datetime.fromisoformat(said["observed_at"])
        begin = begin or moment
        now = (moment - begin).total_seconds() / 60
        listed.take(said)
        found += [
            _seen(key, opened.pop(key), rng.uniform(before, now), regions)
            for key in sorted(opened.keys() - listed.open)
        ]
        if file != files[0]:
            opened |= dict.fromkeys(listed.open - was_open, now)
        before = now
    found += [_seen(key, at, inf, regions) for key, at in opened.items()]
    return sorted(found, key=lambda slot: slot.opened)


def _seen(key: Key, opened: float, gone: float, regions: dict[str, int]) -> Seen:
    region = regions.setdefault(key[0], len(regions)) // CENTERS_OF_ONE
    return Seen(region, opened, max(gone, opened + 1))
