"""By push, to each device that the learner has let us wake."""

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from accounts.mail import breakers
from accounts.mail.results import Never, Result, TryLater
from alerts.channels.push import SealedPush, pusher
from alerts.delivery import devices
from alerts.delivery.claim import Claimed
from alerts.delivery.ways.way import Way, note_worked, target_of
from alerts.messages.content import Content
from alerts.messages.pushes import compose_push
from alerts.messages.reasons import Reason
from alerts.models import PushSubscription
from alerts.taking import Follows

# A push service answers in far less than one; waiting longer holds up the other services.
MOST_SECONDS = 10.0
# What a push is made of, of its device.
PUSHED_WITH = ("endpoint", "p256dh", "auth", "vapid_key")


class ByPush(Way[SealedPush]):
    """To a device; what a push service says of one is judged in `devices`."""

    targets: ClassVar[str] = """
      FROM due
      JOIN alerts_pushsubscription target
        ON target.user_id = due.user_id AND target.ended_at IS NULL
     WHERE due.method = 'push'
    """
    provider: ClassVar[str] = devices.PROVIDER
    says_why: ClassVar[bool] = False

    def read_targets(self, ids: Collection[int]) -> dict[int, PushSubscription]:
        """See Way; what waits for a device that is removed is ended with it."""
        return PushSubscription.objects.only(*PUSHED_WITH).in_bulk(ids)

    def compose(
        self,
        claimed: Claimed,
        content: Content,
        *,
        follows: Sequence[Follows],
        reasons: Mapping[int, Reason],
    ) -> SealedPush:
        """See Way."""
        return compose_push(
            claimed.notification_id,
            content.target,
            content.listings,
            follows,
            last_of=content.last_of,
        )

    def transmit(self, message: SealedPush, *, seconds: float) -> Result:
        """See Way."""
        return pusher().send(message, seconds=min(seconds, MOST_SECONDS))

    def accept(self, claimed: Claimed) -> None:
        """A device that had been refused is no longer."""
        if claimed.device_refusals:
            devices.accept(target_of(claimed))

    def refuse(self, claimed: Claimed, refusal: Never) -> None:
        """See Way."""
        devices.refuse(target_of(claimed), refusal)

    def put_off(self, claimed: Claimed, later: TryLater) -> None:
        """A provider that fails is left alone, and so is one of which many devices are busy."""
        if later.provider_failed or _provider_rests(claimed, later):
            breakers.failed(
                claimed.provider,
                error=later.error,
                wished_seconds=later.after_seconds,
                probe=claimed.is_probe,
            )


def _provider_rests(claimed: Claimed, later: TryLater) -> bool:
    """A push service that answers, if only that a device is busy, works; many busy ones are it."""
    if later.status != devices.BUSY:
        return False
    if devices.rest(target_of(claimed), later):
        return True
    note_worked(claimed)
    return False
