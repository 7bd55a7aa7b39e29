"""A Celery worker that stops listening: `python -m tests.drills.stalled_worker QUEUES FILE`.

It does once the file is there, and keeps its process and its connection, as one does that Redis'
restart has left in this state.
"""

import sys
import threading
import time
from pathlib import Path

from celery.signals import worker_ready

from dvsa_alerts.celery import app
from dvsa_alerts.operations.workers import stalled_workers

# Seconds: nothing here keeps a worker busy for long, so the drill need not wait as long as a site.
stalled_workers.CHECK_EVERY, stalled_workers.PATIENCE = 1.0, 5.0


def stop_listening(consumer: object, file: Path) -> None:
    """Once the file is there, take no more messages of any queue."""
    while not file.exists():
        time.sleep(0.1)
    consumer.call_soon(consumer.task_consumer.cancel)  # type: ignore[attr-defined]


if __name__ == "__main__":
    queues, name = sys.argv[1:]

    @worker_ready.connect(weak=False)
    def watch_for(sender: object, **kwargs: object) -> None:
        threading.Thread(target=stop_listening, args=(sender, Path(name)), daemon=True).start()

    app.worker_main(["worker", "-Q", queues, "-c", "2", "--loglevel", "WARNING"])
