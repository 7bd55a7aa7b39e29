"""One round of sending on a channel: make the messages that are due, send them, until none is."""

import time

from alerts.delivery.deliver import Dispatched, dispatch
from alerts.delivery.fallback import send_stuck_pushes_by_mail
from alerts.delivery.gather import gather_notifications


def send_round(channel: str, *, seconds: float) -> Dispatched:
    """Gather and dispatch until nothing is due or the time is up."""
    until = time.monotonic() + seconds
    done = Dispatched()
    while True:
        gathered = gather_notifications() + send_stuck_pushes_by_mail()
        done += dispatch(channel, seconds=max(until - time.monotonic(), 0))
        if not gathered or time.monotonic() >= until:
            return done
