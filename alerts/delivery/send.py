"""Messages that are `sending`, handed over in turns, each noted before the next one begins."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from django.db import InterfaceError, OperationalError, connection

from alerts import config
from alerts.channels.outcomes import Accepted, Outcome, TryLater
from alerts.delivery.claim import Held
from alerts.delivery.endings import Sent, begin, close, record
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
DATABASE_AWAY = (OperationalError, InterfaceError)
T = TypeVar("T")


@dataclass(frozen=True)
class HandedOver:
    """How many were accepted, and how many have not had their turn."""

    accepted: int
    left_over: int


class _Turns:
    """Whose turn it is, until the time is up; a provider or device that fails gets no more.

    A provider that refused a single message goes on: the others say whose fault that was, and
    enough in a row open its breaker.
    """

    def __init__(self, started: Sequence[Started]) -> None:
        self._waiting = deque(started)
        self._until = time.monotonic() + TURNS_LAST
        self._failing: set[str] = set()
        self._refusing: set[str] = set()
        self._failing_devices: set[int | None] = set()
        self.left_over: list[Held] = []

    def next(self) -> Started | None:
        while self._waiting:
            following = self._waiting.popleft()
            if time.monotonic() < self._until and not self._is_failing(following.held):
                return following
            self.left_over.append(following.held)
        return None

    def sent(self, held: Held, outcome: Outcome) -> Sent:
        """What became of a turn, and whether its provider has refused another just before."""
        sent = Sent(held, outcome, after_refusal=held.provider in self._refusing)
        if isinstance(outcome, TryLater) and outcome.provider_failed:
            (self._refusing if outcome.of_one else self._failing).add(held.provider)
        else:
            self._refusing.discard(held.provider)
        if held.subscription_id and not isinstance(outcome, Accepted):
            self._failing_devices.add(held.subscription_id)
        return sent

    def _is_failing(self, held: Held) -> bool:
        return held.provider in self._failing or held.subscription_id in self._failing_devices


def hand_over(started: Sequence[Started]) -> HandedOver:
    """Send what was started; whatever ends this process leaves at most one message in doubt.

    All of it was claimed together, and is written to its deliveries together at the end.
    """
    turns, accepted, sent = _Turns(started), list[Held](), None
    while following := turns.next():
        if not _take_turn(sent, following.held):
            turns.left_over.append(following.held)
            sent = None
            continue
        sent = turns.sent(following.held, _send(following))
        if isinstance(sent.outcome, Accepted):
            accepted.append(sent.held)
    if started:
        _patiently(partial(close, started[0].held.token, sent, accepted, turns.left_over))
    return HandedOver(len(accepted), len(turns.left_over))


def _send(started: Started) -> Outcome:
    seconds = config.LEASE_SECONDS.value() * SHARE_OF_LEASE
    return transmit(started.message, seconds=seconds)


def _take_turn(sent: Sent | None, following: Held) -> bool:
    """Whether the following may be sent; its look grows old where a database is waited for."""
    if sent is None:
        return begin(following)
    try:
        return record(sent, following)
    except DATABASE_AWAY:
        connection.close()
        _patiently(partial(record, sent, None))
    return False


def _patiently(write: Callable[[], T]) -> T:
    """What was accepted is worth some patience with a database that is restarting."""
    for _ in range(FINISH_TRIES - 1):
        try:
            return write()
        except DATABASE_AWAY:
            connection.close()
            time.sleep(FINISH_PAUSE)
    return write()
