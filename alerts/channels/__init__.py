"""The channels that a message may take, and what speaks to their providers.

To add one: a line in CHANNELS, what it does in `alerts.delivery.ways`, and the column of its
targets in `alerts.models.deliveries`. Settings and `./dev` read this before Django is there, so
nothing of Django is imported here; and nothing in this folder knows a model.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Channel:
    """A channel: `queue` is whose workers send it, `target` the column of what a delivery goes to.

    No `target` is the learner's own address. What goes `beside` the learner's own messages does
    not make them told: it ends no alert and none waits for it.
    """

    name: str
    queue: str
    target: str | None = None
    beside: bool = False


# In the order in which one process sends them, the learners' own first.
CHANNELS = (
    Channel("push", queue="push", target="subscription_id"),
    Channel("email", queue="email"),
    Channel("companion", queue="email", target="companion_id", beside=True),
    Channel("webhook", queue="webhook", target="webhook_id", beside=True),
)
BESIDE = tuple(channel.name for channel in CHANNELS if channel.beside)
# As a list of SQL.
NAMES_BESIDE = ", ".join(f"'{name}'" for name in BESIDE)
TARGETS = tuple(channel.target for channel in CHANNELS if channel.target)
QUEUES = tuple(dict.fromkeys(channel.queue for channel in CHANNELS))


def of_queue(queue: str) -> list[Channel]:
    """What the workers of a queue send, in their order."""
    return [channel for channel in CHANNELS if channel.queue == queue]


def task_of(queue: str) -> str:
    """The name of the task that sends what is due on a queue's channels."""
    return f"alerts.tasks.send_{queue}"
