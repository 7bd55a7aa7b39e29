"""Limits on how often one network may ask for a kind of page."""

from dataclasses import dataclass
from datetime import timedelta

from accounts.limits.windows import Limit, count, network_of
from accounts.models import RequestWindow
from audit.config import Key


@dataclass(frozen=True)
class RateLimit:
    """At most `limit` requests of one network in each `window`; the name tells kinds apart."""

    name: str
    limit: Key[int]
    window: timedelta = timedelta(minutes=1)

    def seconds_to_wait(self, address: str | None) -> int:
        """Count a request: 0 when it may go on, else in how many whole seconds one may.

        Without an address (a unix socket without a proxy) there is nobody to tell apart.
        """
        if address is None:
            return 0
        key = f"{self.name}/{network_of(address)}"
        (counted,) = count(RequestWindow, Limit(key, self.limit.value(), self.window))
        return counted.seconds if counted.is_over else 0
