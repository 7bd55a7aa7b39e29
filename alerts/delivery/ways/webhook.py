"""By a signed POST, to an address of the learner's own."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, ClassVar

from django.conf import settings

from accounts.mail.results import Never, Result, TryLater
from alerts.channels.webhook import Hook, webhook_sender
from alerts.delivery.claim import Claimed
from alerts.delivery.ways.way import Way, target_of
from alerts.messages.content import Content
from alerts.messages.reasons import Reason
from alerts.messages.webhooks import compose_hook
from alerts.models import UnsentReason, Webhook
from alerts.taking import Follows
from alerts.webhooks import note_accepted, note_failure


class ToWebhook(Way[Hook]):
    """Beside the learner's own message, while webhooks are switched on (WEBHOOKS)."""

    targets: ClassVar[str] = """
      FROM due
      JOIN alerts_webhook target ON target.user_id = due.user_id AND target.ended_at IS NULL
     WHERE %(webhooks)s
    """
    provider: ClassVar[str] = "target.host"
    says_why: ClassVar[bool] = False

    def values(self) -> dict[str, Any]:
        """See Way."""
        return {"webhooks": settings.WEBHOOKS}

    def read_targets(self, ids: Collection[int]) -> dict[int, Webhook]:
        """Locked: once its learner has ended it, none enters `sending`."""
        locked = Webhook.objects.select_for_update(no_key=True, skip_locked=True)
        return {each.pk: each for each in locked.filter(pk__in=ids).order_by("pk")}

    def refusal(self, content: Content) -> UnsentReason | None:
        """See Way."""
        is_live = settings.WEBHOOKS and content.target.is_live
        return None if is_live else UnsentReason.WEBHOOK_ENDED

    def compose(
        self,
        claimed: Claimed,
        content: Content,
        *,
        follows: Sequence[Follows],
        reasons: Mapping[int, Reason],
    ) -> Hook:
        """See Way."""
        return compose_hook(content.target, claimed.message_id, content, follows)

    def transmit(self, message: Hook, *, seconds: float) -> Result:
        """See Way."""
        return webhook_sender().send(message, seconds=seconds)

    def accept(self, claimed: Claimed) -> None:
        """See Way."""
        note_accepted(target_of(claimed))

    def refuse(self, claimed: Claimed, refusal: Never) -> None:
        """See Way."""
        note_failure(target_of(claimed), is_gone=refusal.target_gone)

    def put_off(self, claimed: Claimed, later: TryLater) -> None:
        """Its host has no breaker: what one learner's program does holds up nobody else's."""
        note_failure(target_of(claimed))
