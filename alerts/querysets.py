"""Reading alerts, deliveries, the journals of senders and push subscriptions."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Now, TruncDay

from audit.newest import among_newest
from slots.querysets import LONDON

if TYPE_CHECKING:
    from accounts.models import SavedSearch, User
    from accounts.querysets import BareRefusalQuerySet
    from alerts.models import (  # noqa: F401
        Companion,
        Delivery,
        Notification,
        PushSubscription,
        SenderJournal,
        UserAlert,
        Webhook,
    )


def alerts_taken_since(refusals: "BareRefusalQuerySet") -> "BareRefusalQuerySet":
    """Those of the refusals after which the learner's mail server accepted an alert."""
    return refusals.filter(
        user__notifications__deliveries__channel="email",
        user__notifications__deliveries__accepted_at__gt=F("refused_at"),
    )


class UserAlertQuerySet(models.QuerySet["UserAlert"]):
    """Alerts, in the words of the domain."""

    def ungathered(self) -> "UserAlertQuerySet":
        """Waiting alerts that no notification has taken up yet."""
        return self.filter(state=self.model.State.WAITING, notification__isnull=True)

    def of_search(self, search: "SavedSearch") -> "UserAlertQuerySet":
        """What matching made for a search, newest first, with slot and centre."""
        made = self.filter(preference=search, state__isnull=False)
        return made.select_related("slot__center").order_by("-id")

    def newest(self, count: int) -> "UserAlertQuerySet":
        """Those among the last so many that were written."""
        return among_newest(self, count)


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Notifications, in the words of the domain."""

    def last_of_today(self, user: "User") -> "NotificationQuerySet":
        """The message that was a user's last of today (Europe/London), unless nothing went out."""
        today = self.filter(user=user, created_at__gte=TruncDay(Now(), tzinfo=LONDON))
        went_out = ["pending", "claimed", "sending", "retry", "accepted"]
        return today.filter(is_last_today=True, deliveries__state__in=went_out)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries, in the words of the domain."""

    def live(self) -> "DeliveryQuerySet":
        """Deliveries that may still be sent."""
        return self.filter(state__in=self.model.LIVE)

    def unsent(self) -> "DeliveryQuerySet":
        """Deliveries that may still be sent and are not under way at the moment."""
        return self.live().exclude(state=self.model.State.SENDING)

    def overdue(self, *, seconds: float) -> "DeliveryQuerySet":
        """Deliveries that could have been taken up so many seconds ago, and still wait."""
        return self.live().filter(next_attempt_at__lt=Now() - timedelta(seconds=seconds))

    def newest(self, count: int) -> "DeliveryQuerySet":
        """Those among the last so many that were made."""
        return among_newest(self, count)

    def in_doubt(self) -> "DeliveryQuerySet":
        """Deliveries that were being sent when their worker or the line died: maybe sent twice."""
        return self.filter(in_doubt__gt=0)


class CompanionQuerySet(models.QuerySet["Companion"]):
    """Companions, in the words of the domain."""

    def of(self, user: "User") -> "CompanionQuerySet":
        """Those whom a learner has named, confirmed or not, without those that have ended."""
        return self.filter(user=user, ended_at__isnull=True)

    def lost_of(self, user: "User") -> "CompanionQuerySet":
        """Those whom a learner has not taken back, and who get no more alerts all the same.

        As long as they are remembered (`alerts.retention`), or until they are named again.
        """
        again = self.model.objects.filter(
            user=user, email=models.OuterRef("email"), pk__gt=models.OuterRef("pk")
        )
        ended = self.filter(user=user, end_reason__in=["stopped", "refused"])
        return ended.exclude(models.Exists(again)).order_by("-ended_at")

    def of_same_person(self, companion: "Companion") -> "CompanionQuerySet":
        """The same person beside every learner who has named them; ended ones are left out."""
        return self.annotate(address=Lower("email")).filter(
            address=companion.email.lower(), ended_at__isnull=True, user__is_active=True
        )


class WebhookQuerySet(models.QuerySet["Webhook"]):
    """Webhooks, in the words of the domain."""

    def live_of(self, user: "User") -> "WebhookQuerySet":
        """One user's that have not ended."""
        return self.filter(user=user, ended_at__isnull=True)

    def lost_of(self, user: "User") -> "WebhookQuerySet":
        """One user's that ended by themselves within 30 days, and are not there again."""
        again = self.model.objects.live_of(user).filter(url=models.OuterRef("url"))
        ended = self.filter(user=user, ended_at__gt=Now() - timedelta(days=30))
        return ended.filter(end_reason__in=["gone", "failing"]).exclude(models.Exists(again))


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    """Push subscriptions, in the words of the domain."""

    def live_of(self, user: "User") -> "PushSubscriptionQuerySet":
        """One user's subscriptions that have not ended."""
        return self.filter(user=user, ended_at__isnull=True)

    def renewable(self) -> "PushSubscriptionQuerySet":
        """Those whose browser may put another endpoint in the place of theirs."""
        return self.filter(Q(ended_at__isnull=True) | Q(end_reason=self.model.EARLIER_KEY))

    def lost_of(self, user: "User") -> "PushSubscriptionQuerySet":
        """One user's that their push services ended within 30 days, and that are not on again.

        A browser that is added again has another endpoint, but the label that it had.
        """
        again = self.model.objects.live_of(user).filter(
            label=models.OuterRef("label"), created_at__gt=models.OuterRef("ended_at")
        )
        ended = self.filter(user=user, ended_at__gt=Now() - timedelta(days=30))
        by_service = ended.exclude(end_reason__in=self.model.BY_LEARNER)
        return by_service.exclude(models.Exists(again))


class SenderJournalQuerySet(models.QuerySet["SenderJournal"]):
    """Journals of senders, in the words of the domain."""

    def over(self) -> "SenderJournalQuerySet":
        """Journals in which no more turn begins, by the database's clock."""
        return self.filter(look_until__lte=Now())
