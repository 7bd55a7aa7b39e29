"""Alerts and the notifications and deliveries that carry them."""

from alerts.models.alerts import UserAlert
from alerts.models.companions import Companion
from alerts.models.deliveries import Delivery
from alerts.models.feeds import SearchFeed
from alerts.models.journal import SenderJournal
from alerts.models.notifications import Notification
from alerts.models.push import PushSubscription
from alerts.models.reach import PendingReach, Reach
from alerts.models.search_endings import SearchEnding
from alerts.models.unsent import UnsentReason
from alerts.models.waves import Wave
from alerts.models.webhooks import Webhook

__all__ = [
    "Companion",
    "Delivery",
    "Notification",
    "PendingReach",
    "PushSubscription",
    "Reach",
    "SearchEnding",
    "SearchFeed",
    "SenderJournal",
    "UnsentReason",
    "UserAlert",
    "Wave",
    "Webhook",
]
