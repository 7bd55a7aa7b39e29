"""Counting within windows of time, in PostgreSQL for all processes together."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from ipaddress import IPv6Address, ip_address, ip_network

from django.db.models import F

from accounts.models import Window
from accounts.prepared import fetch_prepared

# One IPv6 customer has at least this much of a network to ask from.
IPV6_PREFIX = 64

# One statement, so that what arrives together is each counted; in the order of the keys, so that
# two of them never wait for each other.
_COUNT = """
    INSERT INTO {table} AS counted (key, ends_at, count)
    SELECT key, statement_timestamp() + length, 1
      FROM unnest(%(keys)s::text[], %(lengths)s::interval[]) AS wanted (key, length)
     ORDER BY key
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN counted.ends_at > statement_timestamp() THEN counted.count + 1 ELSE 1 END,
        ends_at = CASE WHEN counted.ends_at > statement_timestamp()
            THEN counted.ends_at ELSE excluded.ends_at END
    RETURNING key, count, ends_at - statement_timestamp()"""


@dataclass(frozen=True)
class Limit:
    """At most so many of what is counted under `key` in each window of this length."""

    key: str
    most: int
    length: timedelta


@dataclass(frozen=True)
class Counted:
    """What a limit came to: how many in its window, and how long that goes on."""

    limit: Limit
    count: int
    left: timedelta

    @property
    def is_over(self) -> bool:
        """Whether this one was too many."""
        return self.count > self.limit.most

    @property
    def is_first_over(self) -> bool:
        """Whether it was the first of its window that was too many."""
        return self.count == self.limit.most + 1

    @property
    def seconds(self) -> int:
        """Whole seconds until the window ends, at least 1."""
        return max(1, math.ceil(self.left.total_seconds()))


def count(windows: type[Window], *limits: Limit) -> list[Counted]:
    """Count one more under each of these limits, whose keys differ."""
    by_key = {limit.key: limit for limit in limits}
    values = {"keys": list(by_key), "lengths": [limit.length for limit in limits]}
    rows = fetch_prepared(_statement(windows), values)
    return [Counted(by_key[key], number, left) for key, number, left in rows]


@cache
def _statement(windows: type[Window]) -> str:
    return _COUNT.format(table=windows._meta.db_table)


def give_back(windows: type[Window], keys: Iterable[str]) -> None:
    """Take one back of what was counted under each key."""
    windows.objects.filter(key__in=keys, count__gt=0).update(count=F("count") - 1)


def network_of(address: str) -> str:
    """The address, or of IPv6 the network that one customer has."""
    found = ip_address(address)
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ip_network((int(found), IPV6_PREFIX), strict=False))
