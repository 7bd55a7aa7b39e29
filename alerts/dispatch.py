"""Sending what is due: claim one delivery, send it, record what became of it, claim the next."""

import time
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError, connection

from alerts import breakers, config
from alerts.channels.outcomes import Accepted, Outcome
from alerts.endings import accept_and_claim, finish, postpone
from alerts.leases import Held, claim
from alerts.sending import SHARE_OF_LEASE, send

# How often and how long (seconds) an outcome is kept for a database that is away for a moment.
FINISH_TRIES = 10
FINISH_PAUSE = 1.0


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
    held = claim(channel)
    while held:
        outcome = _send(held) if _let_through(held) else None
        done += Dispatched(taken_up=1, accepted=int(isinstance(outcome, Accepted)))
        more = done.taken_up < limit and time.monotonic() < until
        held = _finish_and_claim(held, outcome, channel if more else None)
    return done


def _send(held: Held) -> Outcome | None:
    outcome = send(held)
    if held.suspect and outcome is None:
        breakers.give_back_probe(held.provider)
    return outcome


def _let_through(held: Held) -> bool:
    """Of a provider that was failing, one message at a time finds out whether it still is."""
    if not held.suspect:
        return True
    seconds = config.LEASE_SECONDS.value() * SHARE_OF_LEASE
    if breakers.take_probe(held.provider, seconds=seconds):
        return True
    postpone(held)
    return False


def _finish_and_claim(held: Held, outcome: Outcome | None, channel: str | None) -> Held | None:
    """What was accepted is worth some patience with a database that is restarting."""
    for left in reversed(range(FINISH_TRIES)):
        try:
            if channel and isinstance(outcome, Accepted) and not held.provider_failures:
                return accept_and_claim(held, channel)
            if outcome:
                finish(held, outcome)
            return claim(channel) if channel else None
        except (OperationalError, InterfaceError):
            connection.close()
            if not left or not outcome:
                raise
            time.sleep(FINISH_PAUSE)
    return None
