"""Reading deliveries and push subscriptions."""

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from accounts.models import User
    from alerts.models import Delivery, PushSubscription  # noqa: F401


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    """Deliveries, in the words of the domain."""

    def live(self) -> "DeliveryQuerySet":
        """Deliveries that may still be sent."""
        return self.filter(state__in=self.model.LIVE)

    def in_doubt(self) -> "DeliveryQuerySet":
        """Deliveries that were being sent when their worker or the line died: maybe sent twice."""
        return self.filter(in_doubt__gt=0)


class PushSubscriptionQuerySet(models.QuerySet["PushSubscription"]):
    """Push subscriptions, in the words of the domain."""

    def live_of(self, user: "User") -> "PushSubscriptionQuerySet":
        """One user's subscriptions that have not ended."""
        return self.filter(user=user, ended_at__isnull=True)
