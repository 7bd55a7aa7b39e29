"""A sender that ends without a word at one point: `python -m tests.drills.dying_sender POINT`.

Points: claimed (before it looks again), making (of the message), marked (all that were looked at,
before the first reaches for the network), intended (the one that reaches for it is marked too),
handed over (before the answer is recorded), finished (after all is recorded).
"""

import os
import sys

import django

django.setup()

from alerts.delivery import deliver as dispatching  # noqa: E402
from alerts.delivery import send as handing_over  # noqa: E402
from alerts.delivery.rounds import send_round  # noqa: E402
from alerts.messages import mails  # noqa: E402

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
    "claimed": lambda: setattr(dispatching, "start", die),
    "making": lambda: setattr(mails, "render", die),
    "marked": lambda: setattr(handing_over, "begin", die),
    "intended": lambda: setattr(handing_over, "transmit", die),
    "handed over": lambda: after(handing_over, "transmit"),
    "finished": lambda: after(dispatching, "hand_over"),
}

if __name__ == "__main__":
    POINTS[sys.argv[1]]()
    send_round("email", seconds=20)
