"""Retention of all apps, in the order in which one thing lets go of the next."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from accounts.config import KEEP_MAILS
from accounts.models import OutboxMail, RequestWindow, TryWindow
from alerts.retention import (
    ALERTS,
    COMPANIONS,
    NOTIFICATIONS,
    OPENINGS,
    SLOTS,
    UnverifiedAccounts,
)
from audit.retention import CHUNK, Addresses, Entries, Rule
from dvsa_alerts.models import CacheEntry
from slots.retention import BATCHES

# A session's entry for its owner's list is made just before the session itself is stored.
ENDED = """
DELETE FROM usersessions_usersession listed
 WHERE created_at < statement_timestamp() - interval '1 day'
   AND NOT EXISTS (SELECT FROM django_session WHERE session_key = listed.session_key)
"""
COUNT_EXPIRED = "SELECT count(*) FROM django_session WHERE expire_date < statement_timestamp()"
DELETE_EXPIRED = """
DELETE FROM django_session WHERE session_key IN (
    SELECT session_key FROM django_session WHERE expire_date < statement_timestamp()
     LIMIT %s FOR UPDATE SKIP LOCKED)
"""


@dataclass(frozen=True)
class Sessions:
    """Sessions that have expired, and their entries in their owners' lists."""

    name: str = "sessions"

    def chunks(self, *, dry_run: bool) -> Iterator[int]:
        """See audit.retention.Rule."""
        with connection.cursor() as cursor:
            if dry_run:
                cursor.execute(COUNT_EXPIRED)
                yield cursor.fetchone()[0]
                return
            removed = CHUNK
            while removed == CHUNK:
                cursor.execute(DELETE_EXPIRED, [CHUNK])
                removed = cursor.rowcount
                yield removed
            cursor.execute(ENDED)


@dataclass(frozen=True)
class Mails:
    """Mails that were sent, or never will be."""

    name: str = "mails"

    def chunks(self, *, dry_run: bool) -> Iterator[int]:
        """See audit.retention.Rule."""
        old = OutboxMail.objects.ended_before(timedelta(days=KEEP_MAILS.value()))
        yield old.count() if dry_run else old.delete()[0]


@dataclass(frozen=True)
class Passed:
    """Rows of a table whose time is over; they are few, so all go at once."""

    name: str
    rows: QuerySet[Any]

    def chunks(self, *, dry_run: bool) -> Iterator[int]:
        """See audit.retention.Rule."""
        yield self.rows.count() if dry_run else self.rows.delete()[0]


# What the application's role may remove; entries of the audit log are the owner's.
RULES: tuple[Rule, ...] = (
    ALERTS, NOTIFICATIONS, COMPANIONS, OPENINGS, SLOTS, BATCHES, UnverifiedAccounts(), Mails(),
    Sessions(), Addresses(),
    Passed("requests", RequestWindow.objects.passed()),
    Passed("tries", TryWindow.objects.passed()),
    Passed("cache", CacheEntry.objects.filter(expires_at__lt=Now())),
)  # fmt: skip
OWNERS_RULES: tuple[Rule, ...] = (*RULES, Entries())

Removed = dict[str, int]


def prune(
    rules: tuple[Rule, ...],
    *,
    dry_run: bool = False,
    seconds: float = float("inf"),
    progress: Callable[[str, int], object] = lambda name, count: None,
) -> Removed:
    """Remove what is due, or only count it: how much by the rules' names.

    Stops after so many seconds with whole chunks done; `progress` gets the name and size of each.
    """
    until = time.monotonic() + seconds
    removed: Removed = {}
    for rule in rules:
        removed[rule.name] = 0
        for count in rule.chunks(dry_run=dry_run):
            removed[rule.name] += count
            progress(rule.name, count)
            if time.monotonic() > until:
                return removed
    return removed
