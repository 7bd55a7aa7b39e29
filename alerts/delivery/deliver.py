"""Sending what is due: claim a few deliveries, look at them again, send one after the other."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from alerts import config
from alerts.delivery import breakers
from alerts.delivery.claim import MOST_AT_ONCE, Held, claim
from alerts.delivery.endings import postpone
from alerts.delivery.record import settle_left_behind
from alerts.delivery.send import SHARE_OF_LEASE, hand_over
from alerts.delivery.sending import start


@dataclass(frozen=True)
class Dispatched:
    """What one run did: messages taken up, and of these accepted."""

    taken_up: int = 0
    accepted: int = 0

    def __add__(self, other: "Dispatched") -> "Dispatched":
        return Dispatched(self.taken_up + other.taken_up, self.accepted + other.accepted)


def dispatch(channel: str, *, limit: int = 1_000_000, seconds: float = 3600.0) -> Dispatched:
    """Send what is due on a channel until nothing is, or the limit or the time is used up.

    Any number may run at once.
    """
    done = Dispatched()
    if not config.SENDING.value():
        return done
    until = time.monotonic() + seconds
    most = MOST_AT_ONCE
    while chunk := _claim(channel, most=min(most, limit - done.taken_up)):
        part = _work_off(chunk)
        done += part
        most = _most_next(most, claimed=len(chunk), taken_up=part.taken_up)
        if done.taken_up >= limit or time.monotonic() >= until:
            break
    return done


def _claim(channel: str, *, most: int) -> list[Held]:
    settle_left_behind()
    return claim(channel, most=most)


def _most_next(most: int, *, claimed: int, taken_up: int) -> int:
    """A slow provider is given as many at once as have their turn: others are made in vain."""
    if taken_up < claimed:
        return max(1, taken_up)
    return min(MOST_AT_ONCE, most + most // 4 + 1)


def _work_off(chunk: Sequence[Held]) -> Dispatched:
    let_through = [held for held in chunk if _let_through(held)]
    started = start(let_through) if let_through else []
    if let_through and not started and let_through[0].suspect:
        breakers.give_back_probe(let_through[0].provider)
    handed_over = hand_over(started)
    return Dispatched(len(chunk) - handed_over.left_over, handed_over.accepted)


def _let_through(held: Held) -> bool:
    """Of a provider that was failing, one message at a time finds out whether it still is."""
    if not held.suspect:
        return True
    seconds = config.LEASE_SECONDS.value() * SHARE_OF_LEASE
    if breakers.take_probe(held.provider, seconds=seconds):
        return True
    postpone(held)
    return False
