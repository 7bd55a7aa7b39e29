"""Holding a delivery: who claims it holds it under a lease, and its token is the only proof."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.db import connection

from alerts import config
from alerts.delivery.retries import RETRY_HOURS

# Whoever claims goes on at once, so soon after its end all that it held is taken up again; its
# token makes a lease that ran out too early harmless (seconds).
CLAIM_LASTS = 5.0
MOST_AT_ONCE = 50
# One claims at a time, for a few milliseconds: who looked before another's claim was committed
# would lock those rows once more, find them taken, and make their holder miss its own lock.
CLAIMING_LOCK = 4_010_002
TAKE_TURNS = f"SELECT pg_advisory_xact_lock({CLAIMING_LOCK})"

# Many are claimed at once, but alone whatever may bring its holder down: what was claimed before
# and never reached the network, and what goes to a provider that fails. Such a one is passed by
# until it is the first in the line. One that was reaching the network (`sending`, no starts)
# when its lease ran out may or may not have arrived: it is counted. What a journal still speaks of
# is nobody's to take up before that is settled. A device that rests is passed by until it may be
# asked again; LIMIT keeps the planner to one look-up by id for each.
CLAIM = """
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
          delivery.subscription_id, delivery.message_id, delivery.lease_token,
          delivery.attempts, delivery.starts, delivery.in_doubt, delivery.fault,
          coalesce(delivery.refused_since
                       <= statement_timestamp() - make_interval(hours => %(hours)s), false),
          chosen.failures, chosen.refusals
"""
# In the order of their ids and without waiting, so that no two of us ever wait for one another.
# With `=` the planner may take the index of live deliveries, nearly empty when it was last
# analysed, and read all of them for each: this comparison leaves it the ids.
LOCK_HELD = """
SELECT delivery.id
  FROM alerts_delivery delivery
  JOIN unnest(%(ids)s::bigint[], %(tokens)s::uuid[]) AS held (id, token)
    ON held.id = delivery.id AND held.token = delivery.lease_token
 WHERE delivery.state IS NOT DISTINCT FROM %(state)s
 ORDER BY delivery.id
   FOR NO KEY UPDATE OF delivery SKIP LOCKED
"""


@dataclass(frozen=True)
class Held:
    """A delivery as its holder knows it."""

    id: int
    notification_id: int
    channel: str
    provider: str
    subscription_id: int | None
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
    def suspect(self) -> bool:
        """Whether its provider has failed so often that one message at a time may try it."""
        return (self.provider_failures or 0) >= config.BREAKER_FAILURES.value()


def claim(channel: str, *, most: int = MOST_AT_ONCE) -> list[Held]:
    """Take up those that have been due for longest, by notification; empty when nothing is due.

    At most so many, and fewer where one of them had better be alone. All under one token.
    """
    values: dict[str, Any] = {
        "token": uuid4(),
        "channel": channel,
        "most": most,
        "lease": CLAIM_LASTS,
        "failing": config.BREAKER_FAILURES.value(),
        "hours": RETRY_HOURS,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{TAKE_TURNS}; {CLAIM}", values)
        cursor.nextset()
        held = [Held(*row) for row in cursor.fetchall()]
    return sorted(held, key=lambda each: (each.notification_id, each.id))


def lock_held(chunk: Sequence[Held], *, state: str) -> set[int]:
    """Lock those that are still held, in the state they were left in; the ids of these.

    For the rest of the caller's transaction nobody changes them, and none was waited for.
    """
    with connection.cursor() as cursor:
        cursor.execute(LOCK_HELD, held_values(chunk) | {"state": state})
        return {row[0] for row in cursor.fetchall()}


def held_values(chunk: Sequence[Held]) -> dict[str, Any]:
    """What the ids and tokens of many are bound to."""
    return {"ids": [each.id for each in chunk], "tokens": [each.token for each in chunk]}


def update_held(held: Held, changes: str, values: dict[str, Any], *, state: str) -> bool:
    """Change the delivery if its holder still holds it, in the state it left it in.

    `changes` is SQL of our own, its values bound by name. False when the lease was lost.
    """
    statement = f"""
        UPDATE alerts_delivery SET {changes}
         WHERE id = %(held_id)s AND lease_token = %(held_token)s
           AND state IS NOT DISTINCT FROM %(held_state)s
    """  # noqa: S608 - `changes` is written in this app, never read from anywhere
    held_values = {"held_id": held.id, "held_token": held.token, "held_state": state}
    with connection.cursor() as cursor:
        cursor.execute(statement, values | held_values)
        return cursor.rowcount == 1
