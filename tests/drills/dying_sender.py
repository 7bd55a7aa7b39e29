"""A sender that ends without a word at one point: `python -m tests.drills.dying_sender POINT`.

Points: claimed (before it rechecks), making (of the message), marked (all that were rechecked,
before the first reaches for the network), intended (the one that reaches for it is marked too),
handed over (before the answer is recorded), finished (after all is recorded).
"""

import os
import sys

import django

django.setup()

from alerts.delivery import deliver, record, send  # noqa: E402
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
    "claimed": lambda: setattr(deliver, "recheck", die),
    "making": lambda: setattr(mails, "render", die),
    "marked": lambda: setattr(record.Journal, "begin", die),
    "intended": lambda: setattr(send, "transmit", die),
    "handed over": lambda: after(send, "transmit"),
    "finished": lambda: after(deliver, "send"),
}

if __name__ == "__main__":
    POINTS[sys.argv[1]]()
    deliver.deliver("email", seconds=20)
