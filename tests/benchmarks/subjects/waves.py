"""How an opening is best told: sizes and intervals of waves, on a real feed's openings."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from alerts import config
from tests.benchmarks.figures import Figure, absolute
from tests.benchmarks.replay import Played, Policy, play, seen_in
from tests.benchmarks.world import World
from tests.drills import feeds

# The first batch is what was there; telling everyone at once is what takes the time.
BATCHES, SLOTS, LEARNERS = 40, 250, 28_000
MESSAGES = "messages for each slot taken"
SAVED = "of those that telling all at once needs"
TAKEN = "slots taken by someone we told"
LATE = "messages read after the slot had gone"
CHANCE = "how much luckier one of two halves that are alike is"
THUMB = "how many times as often the quicker half gets a slot"
AT_ONCE = Policy(None)
POLICIES = (
    *(Policy(first, seconds) for first in (5, 15, 40, 100) for seconds in (60, 120)),
    *(Policy(first, 300, minutes=30) for first in (5, 15, 40)),
)
CHOSEN = Policy(
    config.WAVE_FIRST.default, config.WAVE_SECONDS.default, config.WAVES_END_MINUTES.default
)


def compare(world: World, rounds: int) -> Iterator[Figure]:
    """Each policy's figures; what has to be reached is asked of the defaults alone."""
    with tempfile.TemporaryDirectory() as name:
        seen = seen_in(_files(Path(name), world), seed=world.seed)[:SLOTS]
    fitting = max(500, round(LEARNERS * min(1.0, world.scale)))
    at_once = play(seen, AT_ONCE, learners=fitting, seed=world.seed)
    yield from _told(AT_ONCE, at_once, at_once)
    for policy in POLICIES:
        yield from _told(policy, play(seen, policy, learners=fitting, seed=world.seed), at_once)


def _told(policy: Policy, played: Played, at_once: Played) -> Iterator[Figure]:
    saved = played.messages_a_slot / at_once.messages_a_slot
    values = {
        MESSAGES: played.messages_a_slot, SAVED: saved, TAKEN: played.taken_share,
        LATE: played.late_share, CHANCE: played.by_chance, THUMB: played.by_thumb,
    }  # fmt: skip
    bounds = {SAVED: 0.01, CHANCE: 2.0} if policy == CHOSEN else {}
    for what, value in values.items():
        yield absolute("waves", f"{policy}: {what}", [value], "", at_most=bounds.get(what),
                       policy=str(policy), measure=what)  # fmt: skip


def _files(folder: Path, world: World) -> list[Path]:
    """Of the real feed, or where it is absent, and in the smoke test, of one made up."""
    if feeds.TOOL.exists() and world.scale >= 0.1:
        return feeds.real_feed(folder, BATCHES)
    return feeds.made_feed(folder, world.seed, 8)
