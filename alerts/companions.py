"""Companions named, confirmed and let go; what a learner, a companion or a mail server does."""

from django.db import transaction
from django.db.models.functions import Now

from accounts.models import User
from alerts.messages.companions import ask_companion
from alerts.models import Companion
from audit.trail import Actor, record


class CannotName(ValueError):
    """Why this person can't be named; a sentence for the learner."""


@transaction.atomic
def name_companion(*, user: User, email: str, learner_name: str) -> Companion:
    """Ask someone whom a learner names by mail; nothing else goes to them before they agree.

    Raises CannotName: for the learner's own address, one that is named already, one whose owner
    has stopped it (while that is remembered, see `alerts.retention`), or one too many.
    """
    User.objects.select_for_update().get(pk=user.pk)
    address = email.lower()
    _check(user, address)
    taken = set(Companion.objects.of(user).values_list("place", flat=True))
    free = [place for place in range(1, Companion.MOST + 1) if place not in taken]
    if not free:
        raise CannotName(f"You can name {Companion.MOST} people. Remove one first")
    companion = Companion.objects.create(
        user=user, place=free[0], email=address, learner_name=learner_name
    )
    ask_companion(companion)
    record("companion.named", actor=user, subject=companion)
    return companion


def _check(user: User, address: str) -> None:
    if address == user.email.lower():
        raise CannotName("This is your own address: your alerts go there already")
    if Companion.objects.of(user).filter(email=address).exists():
        raise CannotName("You have named this person already")
    stopped = Companion.EndReason.STOPPED
    if Companion.objects.filter(user=user, email=address, end_reason=stopped).exists():
        raise CannotName("This person has stopped your alerts. Ask them, or name someone else")


@transaction.atomic
def confirm_companion(*, companion: Companion) -> bool:
    """Let the learner's alerts go to someone who has agreed; False when it has ended meanwhile."""
    live = Companion.objects.filter(pk=companion.pk, ended_at__isnull=True)
    if live.filter(confirmed_at__isnull=True).update(confirmed_at=Now()):
        record("companion.confirmed", actor=None, subject=companion)
    return live.exists()


@transaction.atomic
def end_companion(
    *, companion: Companion, reason: Companion.EndReason, actor: Actor | None
) -> bool:
    """Let nothing more go to them, from this commit on; False when it had ended before."""
    live = Companion.objects.filter(pk=companion.pk, ended_at__isnull=True)
    ended = bool(live.update(ended_at=Now(), end_reason=reason))
    if ended:
        record("companion.ended", actor=actor, subject=companion, reason=reason)
    return ended


def end_refused(address: str) -> bool:
    """Let nothing more go to companions' address that is refused for good; False if it is none."""
    live = Companion.objects.filter(email=address.lower(), ended_at__isnull=True)
    reason = Companion.EndReason.REFUSED
    ended = [end_companion(companion=each, reason=reason, actor=None) for each in live]
    return any(ended)
