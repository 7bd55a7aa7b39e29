"""When a message that was not accepted is tried again."""

import random

# Design: after 5, 15, 45, 120 and 300 seconds, then every 600, for at most six hours.
DELAYS = (5, 15, 45, 120, 300, 600)
RETRY_HOURS = 6
# A line that drops after every message may be bringing each of them.
MOST_DOUBTS = 6
MOST_STARTS = 5
JITTER = 0.2


def delay_after(attempts: int) -> float:
    """Seconds to wait after so many attempts (at least one), a fifth more or less at random."""
    seconds = DELAYS[min(max(attempts, 1), len(DELAYS)) - 1]
    return seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - no secret
