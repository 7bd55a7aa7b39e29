"""Holding a delivery: who claims it holds it under a lease, and its token is the only proof."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from alerts import config

# One that was `sending` when its lease ran out may or may not have arrived: it is counted.
CLAIM = """
UPDATE alerts_delivery delivery
   SET state = 'claimed',
       lease_token = gen_random_uuid(),
       lease_until = statement_timestamp() + make_interval(secs => %(lease)s),
       next_attempt_at = statement_timestamp() + make_interval(secs => %(lease)s),
       starts = delivery.starts + 1,
       in_doubt = delivery.in_doubt + (due.state = 'sending')::int,
       last_error = CASE WHEN due.state = 'sending' THEN 'its sender ended while sending'
                         WHEN due.state = 'claimed' THEN 'its sender ended before sending'
                         ELSE delivery.last_error END
  FROM (SELECT id, state, breaker.failures
          FROM alerts_delivery ready
          LEFT JOIN alerts_breaker breaker ON breaker.provider = ready.provider
         WHERE channel = %(channel)s
           AND state IN ('pending', 'claimed', 'sending', 'retry')
           AND next_attempt_at <= statement_timestamp()
           AND (breaker.open_until IS NULL OR breaker.open_until <= statement_timestamp())
         ORDER BY next_attempt_at
         LIMIT 1
           FOR UPDATE OF ready SKIP LOCKED) due
 WHERE delivery.id = due.id
RETURNING delivery.id, delivery.notification_id, delivery.channel, delivery.provider,
          delivery.subscription_id, delivery.message_id, delivery.lease_token,
          delivery.attempts, delivery.starts, due.failures
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
    provider_failures: int | None

    @property
    def suspect(self) -> bool:
        """Whether its provider has failed so often that one message at a time may try it."""
        return (self.provider_failures or 0) >= config.BREAKER_FAILURES.value()


def claim(channel: str) -> Held | None:
    """Take up the delivery that has been due for longest, None when nothing is due.

    One at a time: whatever kills this process then keeps no other message waiting.
    """
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, claim_values(channel))
        row = cursor.fetchone()
    return Held(*row) if row else None


def claim_values(channel: str) -> dict[str, Any]:
    """What CLAIM is bound to."""
    return {"channel": channel, "lease": config.LEASE_SECONDS.value()}


def update_held(held: Held, changes: str, values: dict[str, Any], *, state: str) -> bool:
    """Change the delivery if its holder still holds it, in the state it left it in.

    `changes` is SQL of our own, its values bound by name. False when the lease was lost.
    """
    statement = f"""
        UPDATE alerts_delivery SET {changes}
         WHERE id = %(held_id)s AND lease_token = %(held_token)s AND state = %(held_state)s
    """  # noqa: S608 - `changes` is written in this app, never read from anywhere
    held_values = {"held_id": held.id, "held_token": held.token, "held_state": state}
    with connection.cursor() as cursor:
        cursor.execute(statement, values | held_values)
        return cursor.rowcount == 1
