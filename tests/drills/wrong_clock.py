"""A Celery program whose clock is wrong: `python -m tests.drills.wrong_clock MINUTES WORDS…`.

So are those of the processes that it forks. How long things take it measures right, as a machine
with a wrong clock does.
"""

import sys
import time

import time_machine


def put_off(minutes: int) -> None:
    """Let this process's clock be off by so many minutes from now on, and go on ticking."""
    time_machine.travel(time.time() + minutes * 60, tick=True).start()


if __name__ == "__main__":
    put_off(int(sys.argv[1]))
    from dvsa_alerts.celery import app

    app.start(sys.argv[2:])
