"""Claim: a sender takes some deliveries under a lease, and its token is the only proof of that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from accounts.config import BREAKER_FAILURES
from accounts.mail import breakers
from accounts.mail.retries import RETRY_HOURS
from alerts import config
from alerts.channels import TARGETS
from alerts.models import Delivery

# The sender goes on at once, so soon after its end all that it claimed is claimed again; its
# token makes a lease that ran out too early harmless (seconds).
CLAIM_LASTS = 5.0
MOST_AT_ONCE = 50
# A sender gives up well before its lease ends, so that nobody claims the message meanwhile.
SHARE_OF_LEASE = 0.4
# One claims at a time, for a few milliseconds: who looked before another's claim was committed
# would lock those rows once more, find them taken, and make their holder miss its own lock.
CLAIMING_LOCK = 4_010_002
TAKE_TURNS = f"SELECT pg_advisory_xact_lock({CLAIMING_LOCK})"
RELEASE = "lease_token = NULL, lease_until = NULL"

# Many are claimed at once, but alone whatever may bring its holder down: what was claimed before
# and never reached the network, and what goes to a provider that fails. Such a one is passed by
# until it is the first in the line. One that was reaching the network (`sending`, no starts)
# when its lease ran out may or may not have arrived: it is counted. What a journal still speaks of
# is nobody's to claim before that is settled. A device that rests is passed by until it may be
# asked again; LIMIT keeps the planner to one look-up by id for each.
CLAIM = f"""
WITH due AS (
    SELECT ready.id, ready.state, ready.starts, ready.next_attempt_at, breaker.failures,
           device.refusals
      FROM alerts_delivery ready
      LEFT JOIN alerts_breaker breaker ON breaker.provider = ready.provider
      LEFT JOIN LATERAL (
           SELECT rests_until, refusals FROM alerts_pushsubscription
            WHERE id = ready.subscription_id LIMIT 1) device ON true
     WHERE ready.channel = %(channel)s
       AND ready.state IN ('pending', 'claimed', 'sending', 'retry')
       AND ready.next_attempt_at <= statement_timestamp()
       AND (breaker.open_until IS NULL OR breaker.open_until <= statement_timestamp())
       AND (device.rests_until IS NULL OR device.rests_until <= statement_timestamp())
       AND NOT (ready.state = 'sending' AND EXISTS (
                SELECT FROM alerts_senderjournal WHERE token = ready.lease_token))
     ORDER BY ready.next_attempt_at
     LIMIT %(most)s
       FOR NO KEY UPDATE OF ready SKIP LOCKED
), judged AS (
    SELECT *, starts > 0 OR coalesce(failures >= %(failing)s, false) AS alone,
           row_number() OVER (ORDER BY next_attempt_at, id) AS place
      FROM due
), chosen AS (
    SELECT * FROM judged
     WHERE CASE WHEN (SELECT alone FROM judged WHERE place = 1) THEN place = 1 ELSE NOT alone END
)
UPDATE alerts_delivery delivery
   SET state = 'claimed',
       lease_token = %(token)s,
       lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
       next_attempt_at = statement_timestamp() + make_interval(secs => %(lease)s),
       starts = delivery.starts + 1,
       in_doubt = delivery.in_doubt + (chosen.state = 'sending' AND chosen.starts = 0)::int,
       last_error = CASE WHEN chosen.state NOT IN ('claimed', 'sending') THEN delivery.last_error
                         WHEN chosen.state = 'sending' AND chosen.starts = 0
                         THEN 'its sender ended while sending'
                         ELSE 'its sender ended before sending' END
  FROM chosen
 WHERE delivery.id = chosen.id
RETURNING delivery.id, delivery.notification_id, delivery.channel, delivery.provider,
          coalesce({", ".join(f"delivery.{column}" for column in TARGETS)}), delivery.message_id,
          delivery.lease_token, delivery.attempts, delivery.starts, delivery.in_doubt,
          delivery.fault,
          coalesce(delivery.refused_since
                       <= statement_timestamp() - make_interval(hours => %(hours)s), false),
          chosen.failures, chosen.refusals
"""  # noqa: S608 - put together from constants
# In the order of their ids and without waiting, so that no two of us ever wait for one another.
# With `=` the planner may take the index of live deliveries, nearly empty when it was last
# analysed, and read all of them for each: this comparison leaves it the ids.
LOCK_CLAIMED = """
SELECT delivery.id
  FROM alerts_delivery delivery
  JOIN unnest(%(ids)s::bigint[], %(tokens)s::uuid[]) AS claimed (id, token)
    ON claimed.id = delivery.id AND claimed.token = delivery.lease_token
 WHERE delivery.state IS NOT DISTINCT FROM %(state)s
 ORDER BY delivery.id
   FOR NO KEY UPDATE OF delivery SKIP LOCKED
"""


POSTPONE = f"""
    state = 'retry', starts = starts - 1, {RELEASE},
    next_attempt_at = statement_timestamp() + interval '1 second'
"""


@dataclass(frozen=True)
class Claimed:
    """A delivery as the sender that claimed it knows it; no target is the learner's own address."""

    id: int
    notification_id: int
    channel: str
    provider: str
    target_id: int | None
    message_id: UUID
    token: UUID
    attempts: int
    starts: int
    in_doubt: int
    fault: str | None
    is_out_of_time: bool
    provider_failures: int | None
    device_refusals: int | None = None

    @property
    def is_probe(self) -> bool:
        """Whether its provider has failed so often that one message at a time may try it."""
        return (self.provider_failures or 0) >= BREAKER_FAILURES.value()


def claim(channel: str, *, most: int = MOST_AT_ONCE) -> list[Claimed]:
    """Claim those that have been due for longest, by notification; empty when nothing is due.

    At most so many, and fewer where one of them had better be alone. All under one token. Of a
    provider that was failing, one message at a time finds out whether it still is.
    """
    values: dict[str, Any] = {
        "token": uuid4(),
        "channel": channel,
        "most": most,
        "lease": CLAIM_LASTS,
        "failing": BREAKER_FAILURES.value(),
        "hours": RETRY_HOURS,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{TAKE_TURNS}; {CLAIM}", values)
        cursor.nextset()
        claimed = [Claimed(*row) for row in cursor.fetchall()]
    if claimed and not _may_try(claimed[0]):
        postpone(claimed[0])
        return claim(channel, most=most)
    return sorted(claimed, key=lambda each: (each.notification_id, each.id))


def _may_try(claimed: Claimed) -> bool:
    return not claimed.is_probe or breakers.take_probe(claimed.provider, seconds=seconds_to_send())


def seconds_to_send() -> float:
    """How long a message may be on its way to its provider."""
    return config.LEASE_SECONDS.value() * SHARE_OF_LEASE


def postpone(claimed: Claimed) -> None:
    """Put back what another is trying or changing at this moment; it uses up nothing."""
    update_claimed(claimed, POSTPONE, {}, state=Delivery.State.CLAIMED)


def lock_claimed(chunk: Sequence[Claimed], *, state: str) -> set[int]:
    """Lock those that are still claimed, in the state they were left in; the ids of these.

    For the rest of the caller's transaction nobody changes them, and none was waited for.
    """
    values: dict[str, Any] = {
        "ids": [each.id for each in chunk],
        "tokens": [each.token for each in chunk],
        "state": state,
    }
    with connection.cursor() as cursor:
        cursor.execute(LOCK_CLAIMED, values)
        return {row[0] for row in cursor.fetchall()}


def update_claimed(claimed: Claimed, changes: str, values: dict[str, Any], *, state: str) -> bool:
    """Change the delivery if it is still claimed by us, in the state that we left it in.

    `changes` is SQL of our own, its values bound by name. False when the lease was lost.
    """
    statement = f"""
        UPDATE alerts_delivery SET {changes}
         WHERE id = %(claimed_id)s AND lease_token = %(claimed_token)s
           AND state IS NOT DISTINCT FROM %(claimed_state)s
    """  # noqa: S608 - `changes` is written in this app, never read from anywhere
    ours = {"claimed_id": claimed.id, "claimed_token": claimed.token, "claimed_state": state}
    with connection.cursor() as cursor:
        cursor.execute(statement, values | ours)
        return cursor.rowcount == 1
