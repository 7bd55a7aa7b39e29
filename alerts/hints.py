"""When to match, and when to send."""

from typing import Any

from alerts import config
from alerts.channels import QUEUES, task_of
from alerts.delivery.claim import MOST_AT_ONCE
from audit.hints import publish

MATCH = "alerts.tasks.match"
# More than there are senders is no harm: who finds nothing due has ended at once.
MOST_HANDS = 4
SENDING = tuple(task_of(queue) for queue in QUEUES)


def hint_matching(**kwargs: Any) -> None:
    """Ask for matching now; receives `slots.signals.openings_recorded`."""
    publish(MATCH)


def hint_sending(*, alerts: int = 1) -> None:
    """Ask for a round of sending for when the window that begins now has ended.

    Of more alerts than one sender takes up at once, as many senders begin at the same time. One
    more is asked for when the gap has ended for all who have just had a message.
    """
    window, gap = config.COALESCE_SECONDS.value(), config.GAP_SECONDS.value()
    hands = min(max(alerts // MOST_AT_ONCE, 1), MOST_HANDS)
    for name in SENDING * hands:
        publish(name, countdown=window)
    if gap > window:
        for name in SENDING:
            publish(name, countdown=gap)
