"""A lot's journal: one small row that each turn writes, and the settling of all it says at once.

The journal's row is what is fought for: a sender that takes a turn writes it, and who settles it
takes it away, so a turn that comes too late finds none. See docs/decisions/0003.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from accounts.prepared import fetch_prepared
from alerts import config
from alerts.delivery.claim import Held
from alerts.models import SenderJournal

OPEN = """
INSERT INTO alerts_senderjournal (token, look_until)
VALUES (%(token)s, statement_timestamp() + make_interval(secs => %(seconds)s))
"""
# What was accepted, and that the next is about to reach the network. Not with a look that is too
# old; not one that is gone or another's by now; not while its provider is to be left alone, which
# another may just have been told, but by who tries it out. The state is compared so that no plan
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
# of any delivery that counted a slot makes its alert sent.
SETTLE = """
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
    RETURNING delivery.id, delivery.counted
), counted AS (
    SELECT alert_id FROM useralerts
     WHERE alert_id = ANY (ARRAY(SELECT unnest(counted) FROM accepted)) AND state <> 'sent'
     ORDER BY alert_id FOR UPDATE
), told AS (
    UPDATE useralerts alert
       SET state = 'sent', sent = true, sent_at = statement_timestamp(), state_reason = NULL
      FROM counted WHERE alert.alert_id = counted.alert_id
)
SELECT id FROM accepted
"""
# From here on it is a delivery like any other that was reaching the network: `starts` is 0, and
# who takes it up after the lease counts a doubt.
LEAVE_ON_WIRE = """
UPDATE alerts_delivery
   SET attempts = attempts + 1, starts = 0, lease_until = %(until)s, next_attempt_at = %(until)s
 WHERE id = %(id)s AND lease_token = %(token)s AND state IS NOT DISTINCT FROM 'sending'
"""


@dataclass(frozen=True)
class Turn:
    """What became of a turn: whether the journal is still there, and the next one may be sent."""

    recorded: bool
    may_send: bool


def open_journal(token: UUID, *, seconds: float) -> None:
    """Begin the journal of a lot, whose turns may begin for so many seconds."""
    with connection.cursor() as cursor:
        cursor.execute(OPEN, {"token": token, "seconds": seconds})


def take_turn(token: UUID, *, accepted: Held | None, following: Held | None) -> Turn:
    """Record that one was accepted and that the following is about to reach the network.

    One statement, one round trip, one commit. Without a journal nothing is recorded.
    """
    values = {
        "token": token,
        "accepted": accepted and accepted.id,
        "next": following and following.id,
        "lease": float(config.LEASE_SECONDS.value()),
        "probe": bool(following and following.suspect),
    }
    rows = fetch_prepared(TURN, values)
    return Turn(recorded=bool(rows), may_send=bool(rows and rows[0][0]))


@transaction.atomic(savepoint=False)
def settle(token: UUID, accepted: Sequence[int]) -> set[int]:
    """Write what was accepted to its deliveries and alerts, and end the journal if it is there.

    Answers the ids of those that were still held under the token. The journal comes first: two
    who settle the same lot wait for one another there and nowhere else.
    """
    SenderJournal.objects.filter(token=token).delete()
    values: dict[str, Any] = {"token": token, "accepted": list(accepted)}
    return {row[0] for row in fetch_prepared(SETTLE, values)}


def settle_left_behind() -> int:
    """Settle the journals whose turns are over; answers how many.

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
