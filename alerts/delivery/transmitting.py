"""Handing a finished message to the channel that it was made for."""

from alerts.channels.email import Envelope, mailer
from alerts.channels.outcomes import Outcome
from alerts.channels.push import pusher
from alerts.messages.making import Message

# A push service answers in far less than one; who waits longer holds up the other services.
MOST_PUSH_SECONDS = 10.0


def transmit(message: Message, *, seconds: float) -> Outcome:
    """Use the network, for at most so many seconds and MOST_PUSH_SECONDS for a push.

    No transaction may be open.
    """
    if isinstance(message, Envelope):
        return mailer().send(message, seconds=seconds)
    most = min(seconds, MOST_PUSH_SECONDS)
    return pusher().send(message.push, message.body, seconds=most)
