"""By email, to someone whom the learner has named."""

from collections.abc import Collection, Mapping, Sequence
from typing import ClassVar

from accounts.mail.results import Never
from accounts.mail.smtp import Envelope, seal
from alerts.companions import end_refused
from alerts.delivery.claim import Claimed
from alerts.delivery.ways.email import ByMailServer
from alerts.delivery.ways.way import target_of
from alerts.messages.companions import compose_for_companion
from alerts.messages.content import Content
from alerts.messages.reasons import Reason
from alerts.models import Companion, UnsentReason
from alerts.taking import Follows


class ToCompanion(ByMailServer):
    """Beside the learner's own message, without the links that act for the learner."""

    targets: ClassVar[str] = """
      FROM due
      JOIN alerts_companion target
        ON target.user_id = due.user_id
       AND target.confirmed_at IS NOT NULL AND target.ended_at IS NULL
    """

    def read_targets(self, ids: Collection[int]) -> dict[int, Companion]:
        """Locked: once their learner or they themselves have ended it, none enters `sending`."""
        locked = Companion.objects.select_for_update(no_key=True, skip_locked=True)
        return {each.pk: each for each in locked.filter(pk__in=ids).order_by("pk")}

    def refusal(self, content: Content) -> UnsentReason | None:
        """See Way."""
        return None if content.target.is_live else UnsentReason.COMPANION_ENDED

    def compose(
        self,
        claimed: Claimed,
        content: Content,
        *,
        follows: Sequence[Follows],
        reasons: Mapping[int, Reason],
    ) -> Envelope:
        """See Way."""
        return seal(compose_for_companion(
            companion=content.target, number=claimed.message_id, listings=content.listings,
            follows=follows, reasons=reasons,
        ))  # fmt: skip

    def refuse(self, claimed: Claimed, refusal: Never) -> None:
        """Mail to an address that is gone stops, whichever learner has named it."""
        if refusal.target_gone:
            end_refused(Companion.objects.get(pk=target_of(claimed)).email)
