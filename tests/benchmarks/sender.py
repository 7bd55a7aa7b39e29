"""One sender process: `python -m tests.benchmarks.sender CHANNEL`.

At each line it is given it sends until nothing is left, what was put off for a moment included,
and answers with how many were accepted.
"""

import sys
import time

import django

django.setup()

from django.db import connection  # noqa: E402

from alerts.delivery.deliver import send_due  # noqa: E402
from alerts.models import Delivery  # noqa: E402

PAUSE_SECONDS = 0.05


def send_all(channel: str) -> int:
    """How many were accepted by the time that no sender has any left."""
    accepted = send_due(channel).accepted
    while Delivery.objects.live().filter(channel=channel).exists():
        time.sleep(PAUSE_SECONDS)
        accepted += send_due(channel).accepted
    return accepted


if __name__ == "__main__":
    connection.ensure_connection()
    print("ready", flush=True)  # noqa: T201
    for _ in sys.stdin:
        print(send_all(sys.argv[1]), flush=True)  # noqa: T201
