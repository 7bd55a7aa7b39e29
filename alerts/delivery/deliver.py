"""From alerts to messages that were sent; each stage is a module of its name.

gather: alerts become notifications with their deliveries. claim: a sender takes some of these.
recheck: what is no longer wanted or open ends. compose: the messages are made. send: they go out
one by one. record: what became of each is written.
"""

import time
from collections.abc import Sequence

from django.db import transaction

from accounts.config import SENDING
from accounts.mail import breakers
from alerts.delivery.claim import MOST_AT_ONCE, Claimed, claim
from alerts.delivery.compose import Prepared, compose
from alerts.delivery.gather import (
    end_stranded_alerts,
    gather_notifications,
    mail_stuck_pushes,
)
from alerts.delivery.recheck import recheck
from alerts.delivery.record import settle_left_behind
from alerts.delivery.send import Tally, send


def deliver(channel: str, *, seconds: float) -> Tally:
    """Gather what is due and send what is due on a channel until nothing is, or the time is up.

    Any number may run at once.
    """
    until = time.monotonic() + seconds
    done = Tally()
    while True:
        gathered = gather_notifications() + mail_stuck_pushes() + end_stranded_alerts()
        done += send_due(channel, seconds=max(until - time.monotonic(), 0))
        if not gathered or time.monotonic() >= until:
            return done


def send_due(channel: str, *, seconds: float = 3600.0) -> Tally:
    """Send what was gathered and is due, until nothing is or the time is up."""
    until = time.monotonic() + seconds
    done, most = Tally(), MOST_AT_ONCE
    while SENDING.value():
        settle_left_behind()
        chunk = claim(channel, most=most)
        if not chunk:
            break
        part = _send(chunk)
        done += part
        most = _most_next(most, claimed=len(chunk), taken_up=part.taken_up)
        if time.monotonic() >= until:
            break
    return done


def _send(chunk: Sequence[Claimed]) -> Tally:
    prepared = prepare(chunk)
    if prepared:
        return Tally(taken_up=len(chunk) - len(prepared)) + send(prepared)
    if chunk[0].is_probe:
        breakers.give_back_probe(chunk[0].provider)
    return Tally(taken_up=len(chunk))


@transaction.atomic
def prepare(chunk: Sequence[Claimed]) -> list[Prepared]:
    """Recheck and compose what was claimed; committed before the network is touched."""
    return compose(recheck(chunk))


def _most_next(most: int, *, claimed: int, taken_up: int) -> int:
    """A slow provider is given as many at once as have their turn: others are made in vain."""
    if taken_up < claimed:
        return max(1, taken_up)
    return min(MOST_AT_ONCE, most + most // 4 + 1)
