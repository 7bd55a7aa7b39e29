"""Handing a finished message to the channel that it was made for."""

from alerts.channels.email import Envelope, mailer
from alerts.channels.outcomes import Outcome
from alerts.channels.push import pusher
from alerts.messages import Message


def transmit(message: Message, *, seconds: float) -> Outcome:
    """Use the network, for at most so many seconds; no transaction may be open."""
    if isinstance(message, Envelope):
        return mailer().send(message, seconds=seconds)
    return pusher().send(message.push, message.body, seconds=seconds)
