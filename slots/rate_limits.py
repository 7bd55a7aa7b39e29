"""Limits on how often one address may ask, counted in PostgreSQL for all processes together."""

import math
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from django.db.models.functions import Now

from audit.config import Key
from slots.models import RateWindow
from slots.prepared import fetch_prepared

# One IPv6 customer has at least this much of a network to ask from.
IPV6_PREFIX = 64
FORGET_AFTER = timedelta(hours=1)

# One statement, so that requests which arrive together are each counted.
_COUNT = """
    INSERT INTO slots_ratewindow AS counted (key, started_at, requests)
    VALUES (%(key)s, statement_timestamp(), 1)
    ON CONFLICT (key) DO UPDATE SET
        requests = CASE WHEN counted.started_at > excluded.started_at - %(window)s
            THEN counted.requests + 1 ELSE 1 END,
        started_at = CASE WHEN counted.started_at > excluded.started_at - %(window)s
            THEN counted.started_at ELSE excluded.started_at END
    RETURNING requests, started_at + %(window)s - statement_timestamp()"""


@dataclass(frozen=True)
class RateLimit:
    """At most `limit` requests of one address in each `window`; the name tells kinds apart."""

    name: str
    limit: Key[int]
    window: timedelta = timedelta(minutes=1)

    def seconds_to_wait(self, address: str | None) -> int:
        """Count a request: 0 when it may go on, else in how many whole seconds one may.

        Without an address (a unix socket without a proxy) there is nobody to tell apart.
        """
        if address is None:
            return 0
        key = f"{self.name}/{_owner(address)}"
        parameters: dict[str, Any] = {"key": key, "window": self.window}
        ((requests, left),) = fetch_prepared(_COUNT, parameters)
        return 0 if requests <= self.limit.value() else max(1, math.ceil(left.total_seconds()))


def forget_passed_windows() -> int:
    """Delete what is counted no more (an address is personal); how many rows that were."""
    deleted, _ = RateWindow.objects.filter(started_at__lt=Now() - FORGET_AFTER).delete()
    return deleted


def _owner(address: str) -> str:
    """The address, or of IPv6 the network that one customer has."""
    found = ip_address(address)
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), IPV6_PREFIX), strict=False))
