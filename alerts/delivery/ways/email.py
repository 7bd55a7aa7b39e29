"""By email, to the learner's own address."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from django.db.models import QuerySet

from accounts.mail.blaming import OURS, note_put_off
from accounts.mail.refused_addresses import refuse_mail
from accounts.mail.results import Never, Result, TryLater
from accounts.mail.smtp import Envelope, mailer, seal
from accounts.models import User
from alerts.delivery.claim import Claimed
from alerts.delivery.ways.way import Way
from alerts.messages.content import Content
from alerts.messages.mails import compose_mail
from alerts.messages.reasons import Reason
from alerts.models import UnsentReason
from alerts.taking import Follows


class ByMailServer(Way[Envelope]):
    """What goes through our mail server, to anyone."""

    provider: ClassVar[str] = "'smtp'"

    def transmit(self, message: Envelope, *, seconds: float) -> Result:
        """See Way."""
        return mailer().send(message, seconds=seconds)

    def put_off(self, claimed: Claimed, later: TryLater) -> None:
        """A mail server may refuse an address, or us."""
        note_put_off(
            later, provider=claimed.provider, probe=claimed.is_probe, again=claimed.fault in OURS,
            learner=self.learner(claimed),
        )  # fmt: skip

    def learner(self, claimed: Claimed) -> QuerySet[User]:
        """Whose address it goes to, if it is a learner's."""
        return User.objects.none()


class ByEmail(ByMailServer):
    """To the learner; also where no device is left that a push could go to."""

    targets: ClassVar[str] = """
      FROM due
     WHERE due.also_email OR due.id NOT IN (SELECT notification_id FROM made_push)
    """

    def refusal(self, content: Content) -> UnsentReason | None:
        """See Way."""
        return UnsentReason.ADDRESS_REFUSES if content.recipient.refuses_mail else None

    def compose(
        self,
        claimed: Claimed,
        content: Content,
        *,
        follows: Sequence[Follows],
        reasons: Mapping[int, Reason],
    ) -> Envelope:
        """See Way."""
        mail = compose_mail(
            notification_id=claimed.notification_id,
            number=claimed.message_id,
            recipient=content.recipient,
            listings=content.listings,
            follows=follows,
            reasons=reasons,
            last_of=content.last_of,
        )
        return seal(mail)

    def refuse(self, claimed: Claimed, refusal: Never) -> None:
        """Mail to an address that is gone stops."""
        if refusal.target_gone:
            refuse_mail(self.learner(claimed).get(), reason=refusal.error)

    def learner(self, claimed: Claimed) -> QuerySet[User]:
        """See ByMailServer."""
        return User.objects.filter(notifications=claimed.notification_id)
