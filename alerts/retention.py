"""How long alerts and messages are kept, and accounts that nobody has verified."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import connection, transaction

from accounts.config import KEEP_UNVERIFIED
from accounts.models import User
from alerts import config
from alerts.erasure import erase_user
from audit.retention import CHUNK, OldRows, moment_before
from slots import retention as slot_retention

ALERTS = OldRows(
    name="alerts",
    days=config.KEEP_ALERTS,
    table="useralerts",
    key="alert_id",
    born="created_at",
    due="created_at < %(cutoff)s AND state IS DISTINCT FROM 'waiting'",
)
# Those whose alerts are all gone; a message that is still on its way goes first.
NOTIFICATIONS = OldRows(
    name="notifications",
    days=config.KEEP_ALERTS,
    table="alerts_notification",
    key="id",
    born="created_at",
    due="created_at < %(cutoff)s"
    " AND NOT EXISTS (SELECT FROM useralerts WHERE notification_id = kept.id)"
    " AND NOT EXISTS (SELECT FROM alerts_delivery WHERE notification_id = kept.id"
    " AND state IN ('pending', 'claimed', 'sending', 'retry'))",
    before=("DELETE FROM alerts_delivery WHERE notification_id = ANY(%(ids)s)",),
)
# A live one is kept for as long as its learner wants.
COMPANIONS = OldRows(
    name="companions",
    days=config.KEEP_COMPANIONS,
    table="alerts_companion",
    key="id",
    born="named_at",
    due="coalesce(ended_at, named_at) < %(cutoff)s"
    " AND (ended_at IS NOT NULL OR confirmed_at IS NULL)",
    before=("DELETE FROM alerts_delivery WHERE companion_id = ANY(%(ids)s)",),
)
# What an alert tells of is kept for as long as the alert; how it was drawn goes with the opening.
OPENINGS = replace(
    slot_retention.OPENINGS.unless("SELECT FROM useralerts WHERE opening_id = kept.id"),
    before=("DELETE FROM alerts_wave WHERE opening_id = ANY(%(ids)s)",),
)
SLOTS = slot_retention.SLOTS.unless("SELECT FROM useralerts WHERE slot_id = kept.slot_id")
# An account without any address was made by hand, not by a sign-up that somebody gave up.
GIVEN_UP = """
SELECT user_id FROM users person
 WHERE created_at < %s AND last_login IS NULL
   AND (role_id IS NULL OR role_id = (SELECT role_id FROM roles WHERE role_name = 'user'))
   AND EXISTS (SELECT FROM account_emailaddress WHERE user_id = person.user_id)
   AND NOT EXISTS (SELECT FROM account_emailaddress
                    WHERE user_id = person.user_id AND verified)
 ORDER BY user_id LIMIT %s
"""


@dataclass(frozen=True)
class UnverifiedAccounts:
    """Sign-ups whose email was never verified: erased like anybody who asks to be."""

    name: str = "unverified_accounts"

    def chunks(self, *, dry_run: bool) -> Iterator[int]:
        """See audit.retention.Rule."""
        cutoff = moment_before(KEEP_UNVERIFIED.value())
        while ids := self._given_up(cutoff, at_most=10**9 if dry_run else CHUNK):
            if not dry_run:
                self._erase(ids)
            yield len(ids)
            if dry_run:
                return

    def _given_up(self, cutoff: datetime, *, at_most: int) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(GIVEN_UP, [cutoff, at_most])
            return [row[0] for row in cursor.fetchall()]

    def _erase(self, ids: list[int]) -> None:
        """Each in its own transaction, and only if it is still unverified once it is held."""
        for number in ids:
            with transaction.atomic():
                user = User.objects.select_for_update().filter(pk=number).first()
                verified = EmailAddress.objects.filter(user=user, verified=True)
                if user and not verified.exists():
                    erase_user(user=user, actor=None)
