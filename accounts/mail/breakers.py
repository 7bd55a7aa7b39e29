"""Breakers: a provider that fails in a row is left alone, then tried with a single message."""

from dataclasses import dataclass

from django.db import connection
from django.db.models.functions import Now

from accounts import config
from accounts.models import Breaker

LONGEST_SECONDS = 60
TAKE_PROBE = """
UPDATE alerts_breaker
   SET open_until = statement_timestamp() + make_interval(secs => %s)
 WHERE provider = %s AND (open_until IS NULL OR open_until <= statement_timestamp())
"""
# Twice as long after each further failure, up to the longest; a provider's own wish counts.
# What a probe held open ends with it; what another wished for stands.
FAILED = """
INSERT INTO alerts_breaker AS breaker (provider, failures, last_error, open_until)
VALUES (%(provider)s, 1, %(error)s,
        CASE WHEN %(wished)s::float IS NOT NULL OR %(threshold)s <= 1
             THEN statement_timestamp()
                  + make_interval(secs => coalesce(%(wished)s::float, %(seconds)s)) END)
ON CONFLICT (provider) DO UPDATE
   SET failures = breaker.failures + 1,
       last_error = excluded.last_error,
       updated_at = statement_timestamp(),
       open_until = greatest(
           CASE WHEN NOT %(probe)s THEN breaker.open_until END,
           CASE WHEN %(wished)s::float IS NOT NULL
                THEN excluded.open_until
                WHEN breaker.failures + 1 >= %(threshold)s
                THEN statement_timestamp() + make_interval(secs => least(%(longest)s::float,
                         %(seconds)s * 2.0 ^ least(breaker.failures + 1 - %(threshold)s, 10)))
           END)
"""
WORKED = """
UPDATE alerts_breaker
   SET failures = 0, open_until = NULL, last_error = NULL, updated_at = statement_timestamp()
 WHERE provider = %s AND failures > 0
"""


def take_probe(provider: str, *, seconds: float) -> bool:
    """Whether the caller may be the one that tries a provider that was failing.

    It has so many seconds for it; meanwhile the provider counts as closed to all others.
    """
    with connection.cursor() as cursor:
        cursor.execute(TAKE_PROBE, [seconds, provider])
        return cursor.rowcount == 1


@dataclass(frozen=True)
class Turn:
    """Leave to try a provider with one message: a probe where it was failing."""

    provider: str
    is_probe: bool

    def give_back(self) -> None:
        """Let the next one try: nothing was sent after all."""
        if self.is_probe:
            give_back_probe(self.provider)


def ask_turn(provider: str, *, seconds: float) -> Turn | None:
    """Leave to try a provider within so many seconds; None while it is to be left alone."""
    failing = Breaker.objects.filter(
        provider=provider, failures__gte=config.BREAKER_FAILURES.value()
    )
    if not failing.exists():
        return Turn(provider, is_probe=False)
    return Turn(provider, is_probe=True) if take_probe(provider, seconds=seconds) else None


def give_back_probe(provider: str) -> None:
    """Let the next one try: the message that was let through turned out not to be sent at all."""
    Breaker.objects.filter(provider=provider).update(open_until=Now())


def failed(provider: str, *, error: str, wished_seconds: float | None, probe: bool) -> None:
    """Count a failure; enough in a row, or the provider's own wish, open the breaker.

    `probe` says that the caller was let through to try it (see take_probe).
    """
    values = {
        "provider": provider,
        "error": error,
        "wished": wished_seconds,
        "probe": probe,
        "threshold": config.BREAKER_FAILURES.value(),
        "seconds": config.BREAKER_SECONDS.value(),
        "longest": max(LONGEST_SECONDS, config.BREAKER_SECONDS.value()),
    }
    with connection.cursor() as cursor:
        cursor.execute(FAILED, values)


def worked(provider: str) -> bool:
    """Close the breaker of a provider that answers as it should; False when it had not failed."""
    with connection.cursor() as cursor:
        cursor.execute(WORKED, [provider])
        return cursor.rowcount == 1
