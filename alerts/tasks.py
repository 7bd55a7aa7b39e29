"""The tasks of matching and sending: each calls one function and holds no rule.

Each works until nothing is due or its time is up. A lost one costs nothing: beat sends the next.
"""

import logging
from collections.abc import Callable

from celery import shared_task

from alerts.channels import QUEUES, of_queue, task_of
from alerts.delivery.deliver import deliver
from alerts.hints import hint_sending
from alerts.matching.match import Matched, match_in_chunks
from alerts.matching.reach import settle_reach
from alerts.searches.passed import end_passed_searches
from alerts.searches.resting import note_resting
from alerts.watching.canary import watch

logger = logging.getLogger(__name__)

# Well within a task's time limit; what is left then is the next task's.
SECONDS = 20.0


@shared_task
def match() -> None:
    """Match what has opened, and look in when the messages of each chunk are due."""
    matched = Matched()
    for chunk in match_in_chunks():
        matched += chunk
        if alerts := chunk.alerts + chunk.revived:
            hint_sending(alerts=alerts)
    if matched.openings or matched.waves:
        said = (matched.openings, matched.waves, matched.alerts)
        logger.info("matched openings=%d waves=%d alerts=%d", *said)


def make_sender(queue: str) -> Callable[[], None]:
    """The task of a queue: send what is due on its channels, the learners' own first."""

    @shared_task(name=task_of(queue))
    def send() -> None:
        for channel in of_queue(queue):
            done = deliver(channel.name, seconds=SECONDS)
            if done.taken_up:
                said = (channel.name, done.taken_up, done.accepted)
                logger.info("sent channel=%s taken_up=%d accepted=%d", *said)

    return send


SENDERS = [make_sender(queue) for queue in QUEUES]


@shared_task
def follow_moved_centers() -> None:
    """Bring Reach up to date with centres that were too much to follow at once."""
    settle_reach(seconds=SECONDS)


@shared_task
def verify_sample() -> None:
    """Verify the alerts of some of the last openings; an error in the log names what is wrong."""
    watch()


@shared_task
def end_searches() -> None:
    """End the searches whose windows have all passed; then find those that rest, of the others."""
    ended = end_passed_searches()
    note_resting()
    if ended:
        logger.info("searches ended=%d", ended)
