"""The ways a message takes to a person; nothing in here knows a model."""

from accounts.mail.results import Result
from accounts.mail.smtp import Envelope, mailer
from alerts.channels.push import SealedPush, pusher

Message = Envelope | SealedPush
# A push service answers in far less than one; waiting longer holds up the other services.
MOST_PUSH_SECONDS = 10.0


def transmit(message: Message, *, seconds: float) -> Result:
    """Use the network, for at most so many seconds and MOST_PUSH_SECONDS for a push.

    No transaction may be open.
    """
    if isinstance(message, Envelope):
        return mailer().send(message, seconds=seconds)
    return pusher().send(message, seconds=min(seconds, MOST_PUSH_SECONDS))
