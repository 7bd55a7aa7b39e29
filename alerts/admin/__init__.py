"""Alerts and their deliveries in admin, to be read, and why there is one or not."""

from accounts.admin.people import MORE_LISTS
from alerts.admin.alerts import UserAlertAdmin
from alerts.admin.deliveries import BreakerAdmin, DeliveryAdmin
from alerts.admin.webhooks import WebhookAdmin

__all__ = ["BreakerAdmin", "DeliveryAdmin", "UserAlertAdmin", "WebhookAdmin"]

MORE_LISTS.append(("alerts.useralert", "alerts"))
