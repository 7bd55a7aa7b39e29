"""Waves: how many learners are told of an opening at a time, and in which order.

One slot is for one learner. Where more learners fit an opening than `alerts.wave_first`, so many
are told first, then four times as many as the wave before, every `alerts.wave_seconds`; the last
wave tells everyone who is left, before `alerts.waves_end_minutes` are over.

The order is drawn once for an opening: those with the fewest alerts in the 7 days before matching
came to it are first, and among equals lots decide. A learner's lot is SHA-256 of the opening's
seed, a colon and their number, as text; the smallest is first. The seed and the moment are kept
with the opening, and in the audit log from the first wave on, so that anyone who may read those
can draw again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import config

GROWTH = 4
RULE = "fewest alerts in the 7 days before; then the smallest sha256(seed:user)"


@dataclass(frozen=True)
class Turn:
    """A wave whose turn it is: of an opening that matching came to first at `drawn_at`."""

    number: int
    drawn_at: datetime
    now: datetime

    @property
    def is_last(self) -> bool:
        """Whether the next one would come too late, so that this one tells everyone left."""
        ends_at = self.drawn_at + timedelta(minutes=config.WAVES_END_MINUTES.value())
        return not config.WAVES.value() or self.next_at >= ends_at

    @property
    def most(self) -> int | None:
        """How many learners it may tell; None for everyone."""
        return None if self.is_last else size(self.number)

    @property
    def next_at(self) -> datetime:
        """When the wave after it is told."""
        return self.now + timedelta(seconds=config.WAVE_SECONDS.value())


def size(number: int) -> int:
    """How many learners a wave tells, counted from 1."""
    return config.WAVE_FIRST.value() * GROWTH ** (number - 1)


def most_waves() -> int:
    """The number of waves at most: how many begin before the minutes are over."""
    seconds = timedelta(minutes=config.WAVES_END_MINUTES.value()).total_seconds()
    return max(-(-int(seconds) // config.WAVE_SECONDS.value()), 1)


def wave_of(place: int) -> int:
    """The wave in which a place of the draw, counted from 1, is told."""
    number, told = 1, size(1)
    while place > told and number < most_waves():
        number += 1
        told += size(number)
    return number
