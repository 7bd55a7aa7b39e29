"""Alerts and the notifications that carry them."""

from alerts.models.alerts import UserAlert
from alerts.models.notifications import Notification

__all__ = ["Notification", "UserAlert"]
