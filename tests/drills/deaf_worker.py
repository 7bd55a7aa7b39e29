"""A Celery worker that stops listening: `python -m tests.drills.deaf_worker QUEUES SECONDS`.

It keeps its process and its connection, as one does that Redis' restart has left in this state.
"""

import sys
import threading

from celery.signals import worker_ready

from dvsa_alerts.celery import app


def stop_listening(consumer: object) -> None:
    """Take no more messages of any queue."""
    consumer.call_soon(consumer.task_consumer.cancel)  # type: ignore[attr-defined]


if __name__ == "__main__":
    queues, seconds = sys.argv[1:]

    @worker_ready.connect(weak=False)
    def count_down(sender: object, **kwargs: object) -> None:
        threading.Timer(float(seconds), stop_listening, [sender]).start()

    app.worker_main(["worker", "-Q", queues, "-c", "2", "--loglevel", "WARNING"])
