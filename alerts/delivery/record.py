"""Record: what became of each message, so that a sender's death leaves one in doubt, not fifty.

A sender's journal is one row for all that it claimed together. Before each message reaches the
network the row is changed and committed: the one before was accepted, this one is on the wire.
When all have had their turn, their deliveries and alerts are written together and the row goes:
a fiftieth of the work of writing each by itself (docs/decisions/0003 has the measurements).
Anyone who finds a row whose turns are over (its sender died, or waits for a slow provider) writes
what it says and takes it away. What was on the wire stays its sender's until the lease ends, and
is in doubt after that. A sender that comes back late finds no row: it begins nothing more, and
writes its last result by itself. Nobody claims a delivery that a row still speaks of.
"""

import logging
import time
from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from accounts.mail.blaming import note_accepted
from accounts.mail.results import Accepted, Never, Result, TryLater
from accounts.prepared import fetch_prepared
from alerts import config
from alerts.channels import NAMES_BESIDE
from alerts.delivery import refused
from alerts.delivery.claim import Claimed
from alerts.delivery.unsent import put_back_unsent
from alerts.delivery.ways import WAYS
from alerts.models import SenderJournal

logger = logging.getLogger(__name__)

# How often and how long (seconds) a result is kept for a database that is away for a moment.
TRIES = 10
PAUSE = 1.0
DATABASE_AWAY = (OperationalError, InterfaceError)
T = TypeVar("T")

# What was accepted, and that the next is about to reach the network. Not what was rechecked too
# long ago; not one that is gone or another's by now; not while its provider is to be left alone,
# which another may just have been told, but as its probe. The state is compared so that no plan
# takes the index of live deliveries, nearly empty when it was last analysed, and reads all of it.
TURN = """
UPDATE alerts_senderjournal journal
   SET accepted = CASE WHEN %(accepted)s::bigint IS NULL THEN journal.accepted
                       ELSE array_append(journal.accepted, %(accepted)s::bigint) END,
       lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
       on_wire = CASE WHEN journal.look_until > statement_timestamp() THEN (
           SELECT delivery.id FROM alerts_delivery delivery
            WHERE delivery.id = %(next)s::bigint AND delivery.lease_token = journal.token
              AND delivery.state IS NOT DISTINCT FROM 'sending'
              AND (%(probe)s OR NOT EXISTS (
                   SELECT FROM alerts_breaker breaker
                    WHERE breaker.provider = delivery.provider
                      AND breaker.open_until > statement_timestamp()))
           ) END
 WHERE journal.token = %(token)s
RETURNING on_wire IS NOT NULL
"""
# In the order of their ids, so that no two of us ever wait for one another. The first acceptance
# of a learner's own delivery that counted a slot makes its alert sent; one beside doesn't, else a
# push that is stuck would never go by email.
SETTLE = f"""
WITH held AS (
    SELECT id FROM alerts_delivery
     WHERE id = ANY (%(accepted)s::bigint[]) AND lease_token = %(token)s
       AND state IS NOT DISTINCT FROM 'sending'
     ORDER BY id FOR NO KEY UPDATE
), accepted AS (
    UPDATE alerts_delivery delivery
       SET state = 'accepted', accepted_at = statement_timestamp(), last_error = NULL,
           attempts = attempts + (starts > 0)::int, starts = 0,
           lease_token = NULL, lease_until = NULL
      FROM held WHERE delivery.id = held.id
    RETURNING delivery.id, delivery.channel, delivery.counted
), counted AS (
    SELECT alert_id FROM useralerts
     WHERE alert_id = ANY (ARRAY(
               SELECT unnest(counted) FROM accepted WHERE channel NOT IN ({NAMES_BESIDE})))
       AND state <> 'sent'
     ORDER BY alert_id FOR UPDATE
), told AS (
    UPDATE useralerts alert
       SET state = 'sent', sent = true, sent_at = statement_timestamp(), state_reason = NULL
      FROM counted WHERE alert.alert_id = counted.alert_id
)
SELECT id FROM accepted
"""  # noqa: S608 - put together from constants
# From here on it is a delivery like any other that was reaching the network: `starts` is 0, and
# who takes it up after the lease counts a doubt.
LEAVE_ON_WIRE = """
UPDATE alerts_delivery
   SET attempts = attempts + 1, starts = 0, lease_until = %(until)s, next_attempt_at = %(until)s
 WHERE id = %(id)s AND lease_token = %(token)s AND state IS NOT DISTINCT FROM 'sending'
"""


class Journal:
    """What one sender writes of all that it prepared together; `accepted` are their ids."""

    def __init__(self, token: UUID) -> None:
        self.accepted: list[int] = []
        self._token = token
        self._last: tuple[Claimed, Result] | None = None
        self._refusing: set[str] = set()

    def begin(self, following: Claimed) -> bool:
        """Write what became of the last one, and that the following is about to be sent.

        What nearly always happens is one statement, one round trip and one commit. False when the
        following may not be sent; what was rechecked grows old where a database is waited for.
        """
        try:
            return self._write_last(following)
        except DATABASE_AWAY:
            connection.close()
            _patiently(partial(self._write_last, None))
        return False

    def note(self, claimed: Claimed, result: Result) -> None:
        """Keep what became of one until it is written with the next one's beginning."""
        self._last = (claimed, result)
        if isinstance(result, Accepted):
            self.accepted.append(claimed.id)

    def close(self, unsent: Sequence[Claimed]) -> None:
        """Write what became of the last, all that was accepted, and what had no turn."""
        _patiently(partial(self._close, unsent))

    def _write_last(self, following: Claimed | None) -> bool:
        accepted = self._last_accepted()
        values = {
            "token": self._token,
            "accepted": accepted and accepted.id,
            "next": following and following.id,
            "lease": float(config.LEASE_SECONDS.value()),
            "probe": bool(following and following.is_probe),
        }
        journal = fetch_prepared(TURN, values)
        if accepted and not journal:
            _warn_unless(accepted.id in settle(self._token, [accepted.id]), accepted)
        self._last = None
        return bool(journal and journal[0][0])

    def _close(self, unsent: Sequence[Claimed]) -> None:
        last = self._last_accepted()
        with transaction.atomic():
            settled = settle(self._token, self.accepted)
            if unsent:
                put_back_unsent(unsent)
        if last:
            _warn_unless(last.id in settled, last)

    def _last_accepted(self) -> Claimed | None:
        """The last one if it was accepted; what follows from another result is done."""
        if self._last is None:
            return None
        claimed, result = self._last
        if isinstance(result, Accepted):
            self._note_accepted(claimed)
            return claimed
        _warn_unless(refused.follow(claimed, result), claimed)
        self._last = None
        self._note_refusal(claimed.provider, result)
        return None

    def _note_accepted(self, claimed: Claimed) -> None:
        if claimed.provider_failures or claimed.provider in self._refusing:
            note_accepted(claimed.provider)
        WAYS[claimed.channel].accept(claimed)
        self._refusing.discard(claimed.provider)

    def _note_refusal(self, provider: str, result: TryLater | Never) -> None:
        """Whose fault it was that one message was refused, its provider's next answer says."""
        if isinstance(result, TryLater) and result.provider_failed and result.of_one:
            self._refusing.add(provider)
        else:
            self._refusing.discard(provider)


@transaction.atomic(savepoint=False)
def settle(token: UUID, accepted: Collection[int]) -> set[int]:
    """Write what was accepted to its deliveries and alerts, and end the journal if it is there.

    Returns the ids of those that were still claimed under the token. The journal comes first: two
    who settle the same one wait for one another there and nowhere else.
    """
    SenderJournal.objects.filter(token=token).delete()
    values: dict[str, Any] = {"token": token, "accepted": list(accepted)}
    return {row[0] for row in fetch_prepared(SETTLE, values)}


def settle_left_behind() -> int:
    """Settle the journals whose turns are over; returns how many.

    Their senders have died, or wait for a provider that does not answer: what these have on the
    wire stays theirs until its lease ends.
    """
    if not SenderJournal.objects.over().exists():
        return 0
    with transaction.atomic():
        left_behind = list(SenderJournal.objects.over().select_for_update(skip_locked=True))
        for journal in left_behind:
            _leave_on_wire(journal)
            settle(journal.token, journal.accepted)
    return len(left_behind)


def _leave_on_wire(journal: SenderJournal) -> None:
    values: dict[str, Any] = {
        "id": journal.on_wire, "token": journal.token, "until": journal.lease_until,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(LEAVE_ON_WIRE, values)


def _patiently(write: Callable[[], T]) -> T:
    """What was accepted is worth some patience with a database that is restarting."""
    for _ in range(TRIES - 1):
        try:
            return write()
        except DATABASE_AWAY:
            connection.close()
            time.sleep(PAUSE)
    return write()


def _warn_unless(kept: bool, claimed: Claimed) -> None:
    if not kept:
        logger.warning("delivery %s was claimed by another while it was sent", claimed.id)
