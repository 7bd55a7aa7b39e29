"""Messages that are `sending`, handed over one after the other, each recorded before the next."""

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection

from alerts import config
from alerts.channels.outcomes import Accepted, TryLater
from alerts.delivery.endings import Sent, finish_and_touch, put_back_unsent
from alerts.delivery.leases import Held
from alerts.delivery.sending import Started
from alerts.delivery.transmitting import transmit

# Who hasn't had its turn after so many seconds is put back: a slow provider shall not make what
# was seen go out late.
TURNS_LAST = 0.5
# A sender gives up well before its lease ends, so that nobody takes the message up meanwhile.
SHARE_OF_LEASE = 0.4
# How often and how long (seconds) an outcome is kept for a database that is away for a moment.
FINISH_TRIES = 10
FINISH_PAUSE = 1.0


@dataclass(frozen=True)
class HandedOver:
    """How many were accepted, and how many have not had their turn."""

    accepted: int
    left_over: int


class _Turns:
    """Whose turn it is, until the time is up; a provider that fails gets no more turns."""

    def __init__(self, started: Sequence[Started]) -> None:
        self._waiting = deque(started)
        self._until = time.monotonic() + TURNS_LAST
        self._failing: set[str] = set()
        self.left_over: list[Held] = []

    def next(self) -> Started | None:
        while self._waiting:
            following = self._waiting.popleft()
            if time.monotonic() < self._until and following.held.provider not in self._failing:
                return following
            self.left_over.append(following.held)
        return None

    def learn(self, sent: Sent) -> None:
        if isinstance(sent.outcome, TryLater) and sent.outcome.provider_failed:
            self._failing.add(sent.held.provider)


def hand_over(started: Sequence[Started]) -> HandedOver:
    """Send what was started; whatever ends this process leaves at most one message in doubt."""
    turns, accepted, sent = _Turns(started), 0, None
    while (following := turns.next()) or sent:
        ready = _record(sent, following)
        sent = None
        if following and ready:
            sent = _send(following)
            turns.learn(sent)
            accepted += isinstance(sent.outcome, Accepted)
        elif following:
            turns.left_over.append(following.held)
    if turns.left_over:
        put_back_unsent(turns.left_over)
    return HandedOver(accepted, len(turns.left_over))


def _send(started: Started) -> Sent:
    seconds = config.LEASE_SECONDS.value() * SHARE_OF_LEASE
    return Sent(started.held, transmit(started.message, seconds=seconds))


def _record(sent: Sent | None, following: Started | None) -> bool:
    """What was accepted is worth some patience with a database that is restarting."""
    held = following.held if following else None
    for left in reversed(range(FINISH_TRIES)):
        try:
            return finish_and_touch(sent, held)
        except (OperationalError, InterfaceError):
            connection.close()
            if not left or not sent:
                raise
            time.sleep(FINISH_PAUSE)
            held = None  # its look grows old meanwhile
    return False
