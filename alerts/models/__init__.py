"""Alerts and the notifications that carry them."""

from alerts.models.alerts import UserAlert
from alerts.models.notifications import Notification
from alerts.models.reach import Reach

__all__ = ["Notification", "Reach", "UserAlert"]
