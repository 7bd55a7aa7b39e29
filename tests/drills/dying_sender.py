"""A sender that ends without a word at one point: `python -m tests.drills.dying_sender POINT`.

Points: claimed (before it looks again), making (of the message), intended (marked, before the
network), handed over (before the answer is recorded), finished (after all is recorded).
"""

import os
import sys

import django

django.setup()

from alerts import dispatch as dispatching  # noqa: E402
from alerts import messages, sending  # noqa: E402
from alerts.rounds import send_round  # noqa: E402

DEAD = 9


def die(*args: object, **kwargs: object) -> None:
    """As if the power had gone."""
    os._exit(DEAD)


def after(module: object, name: str) -> None:
    """Let a function of a module do its work once, then die."""
    real = getattr(module, name)

    def work(*args: object, **kwargs: object) -> None:
        real(*args, **kwargs)
        die()

    setattr(module, name, work)


POINTS = {
    "claimed": lambda: setattr(dispatching, "send", die),
    "making": lambda: setattr(messages, "render_to_string", die),
    "intended": lambda: setattr(sending, "transmit", die),
    "handed over": lambda: after(sending, "transmit"),
    "finished": lambda: after(dispatching, "_finish_and_claim"),
}

if __name__ == "__main__":
    POINTS[sys.argv[1]]()
    send_round("email", seconds=20)
