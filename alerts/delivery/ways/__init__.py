"""What each channel does in its own way, by its name; the stages ask for it here."""

from collections.abc import Mapping
from typing import Any

from alerts.delivery.ways.companion import ToCompanion
from alerts.delivery.ways.email import ByEmail
from alerts.delivery.ways.push import ByPush
from alerts.delivery.ways.way import Way
from alerts.delivery.ways.webhook import ToWebhook

WAYS: Mapping[str, Way[Any]] = {
    "push": ByPush(),
    "email": ByEmail(),
    "companion": ToCompanion(),
    "webhook": ToWebhook(),
}
