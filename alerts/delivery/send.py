"""Send: one message after the other, each noted before the next one begins."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.mail.results import Accepted, Result, TryLater
from alerts.delivery.claim import Claimed, seconds_to_send
from alerts.delivery.compose import Prepared
from alerts.delivery.record import Journal
from alerts.delivery.ways import WAYS

# What hasn't had its turn after so many seconds is put back: a slow provider should not make
# what was rechecked go out late.
TURNS_LAST = 0.5


@dataclass(frozen=True)
class Tally:
    """What was done: deliveries taken up, and of these accepted."""

    taken_up: int = 0
    accepted: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(self.taken_up + other.taken_up, self.accepted + other.accepted)


def send(prepared: Sequence[Prepared]) -> Tally:
    """Send what one claim prepared; whatever ends this process leaves at most one in doubt."""
    turns, journal = _Turns(prepared), Journal(prepared[0].claimed.token)
    while following := turns.next():
        claimed = following.claimed
        if not journal.begin(claimed):
            turns.left_over.append(claimed)
            continue
        result = transmit(following)
        turns.note(claimed, result)
        journal.note(claimed, result)
    journal.close(turns.left_over)
    return Tally(len(prepared) - len(turns.left_over), len(journal.accepted))


def transmit(prepared: Prepared) -> Result:
    """Use the network; no transaction may be open."""
    way = WAYS[prepared.claimed.channel]
    return way.transmit(prepared.message, seconds=seconds_to_send())


class _Turns:
    """Whose turn it is, until the time is up; a provider or target that fails gets no more.

    A provider that refused a single message goes on: the others say whose fault that was, and
    enough in a row open its breaker.
    """

    def __init__(self, prepared: Sequence[Prepared]) -> None:
        self._waiting = deque(prepared)
        self._until = time.monotonic() + TURNS_LAST
        self._failing: set[str | int | None] = set()
        self.left_over: list[Claimed] = []

    def next(self) -> Prepared | None:
        while self._waiting:
            following = self._waiting.popleft()
            if time.monotonic() < self._until and not self._is_failing(following.claimed):
                return following
            self.left_over.append(following.claimed)
        return None

    def note(self, claimed: Claimed, result: Result) -> None:
        if isinstance(result, TryLater) and result.provider_failed and not result.of_one:
            self._failing.add(claimed.provider)
        if claimed.target_id and not isinstance(result, Accepted):
            self._failing.add(claimed.target_id)

    def _is_failing(self, claimed: Claimed) -> bool:
        return claimed.provider in self._failing or claimed.target_id in self._failing
