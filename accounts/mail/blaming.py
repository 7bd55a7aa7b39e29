"""What an answer says of its provider, of the learner's address and of us, whatever the mail."""

from django.db.models import QuerySet

from accounts.mail import breakers
from accounts.mail.refusals import Fault
from accounts.mail.refused_addresses import believe_bare_refusals, note_bare_refusal, tell_staff
from accounts.mail.results import TryLater
from accounts.models import User

# What a mail server says of us, or may.
OURS = (Fault.US, Fault.UNSAID)


def note_accepted(provider: str) -> None:
    """Close the breaker of a provider that had failed; what it refused just before was meant."""
    if breakers.worked(provider):
        believe_bare_refusals()


def note_put_off(
    later: TryLater, *, provider: str, learner: QuerySet[User], probe: bool, again: bool
) -> None:
    """Count what was put off for, or against, its provider, and have staff told where it is ours.

    `learner` is the owner of the address, where it has one. A refusal that may mean one message
    alone counts once, and not `again`, but as a probe.
    """
    if not later.provider_failed:
        breakers.worked(provider)
    elif probe or not (later.of_one and again):
        wished = later.after_seconds
        breakers.failed(provider, error=later.error, wished_seconds=wished, probe=probe)
    if later.fault in OURS:
        tell_staff(provider, words=later.error)
    if later.fault == Fault.UNSAID:
        for whose in learner:
            note_bare_refusal(whose, reason=later.error)


def is_free(later: TryLater, *, probe: bool) -> bool:
    """Whether it uses up no attempt: its provider fails, and the message can't have arrived."""
    return later.provider_failed and not later.in_doubt and (probe or not later.of_one)
