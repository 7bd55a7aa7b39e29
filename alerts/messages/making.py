"""Making the messages of deliveries: what they are made of, read once for many, then each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from alerts.channels.email import Envelope, seal
from alerts.delivery.claim import Held
from alerts.delivery.recheck import Listing, Recipient
from alerts.messages.mails import compose_mail
from alerts.messages.pushes import PushMessage, compose_push
from alerts.messages.reasons import Reason, reasons
from alerts.models import PushSubscription

Message = Envelope | PushMessage


@dataclass(frozen=True)
class Draft:
    """What a delivery's message is to say, and to whom; the listings are the closest first."""

    held: Held
    recipient: Recipient
    listings: Sequence[Listing]

    @property
    def search_ids(self) -> list[int]:
        """The searches that its slots fit."""
        return sorted({each.search_id for each in self.listings if each.search_id})


@dataclass(frozen=True)
class Material:
    """What else the messages of some drafts are made of, by the ids of what it is about."""

    reasons: Mapping[int, Reason]
    subscriptions: Mapping[int, PushSubscription]


def gather_material(drafts: Sequence[Draft]) -> Material:
    """Read what the messages need in a few statements, however many there are."""
    mailed = [draft for draft in drafts if draft.held.subscription_id is None]
    pushed = {draft.held.subscription_id for draft in drafts} - {None}
    return Material(
        reasons=reasons({number for draft in mailed for number in draft.search_ids}),
        subscriptions=PushSubscription.objects.only("endpoint", "p256dh", "auth").in_bulk(pushed),
    )


def compose(draft: Draft, material: Material) -> Message:
    """The finished message of a draft, ready for the network; ValueError for unusable keys."""
    held = draft.held
    if held.subscription_id is not None:
        subscription = material.subscriptions[held.subscription_id]
        return compose_push(held.notification_id, subscription, draft.listings)
    mail = compose_mail(
        notification_id=held.notification_id,
        number=held.message_id,
        recipient=draft.recipient,
        listings=draft.listings,
        reasons={number: material.reasons[number] for number in draft.search_ids},
    )
    return seal(mail)
