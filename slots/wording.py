"""Times in a learner's words."""

from datetime import datetime

MINUTE = 60
UNITS = ((86_400, "day"), (3600, "hour"), (MINUTE, "minute"))


def ago(moment: datetime, now: datetime) -> str:
    """How long before `now` a moment was (both aware), in its largest unit."""
    seconds = int((now - moment).total_seconds())
    if seconds < MINUTE:
        return "just now"
    return next(f"{_count(seconds // size, word)} ago" for size, word in UNITS if seconds >= size)


def span(seconds: float) -> str:
    """A length of time (seconds) in its two largest units, rounded down."""
    left, words = int(seconds), []
    for size, word in UNITS:
        if left >= size:
            words.append(_count(left // size, word))
        left %= size
    return " ".join(words[:2]) or "less than a minute"


def away(days: int) -> str:
    """How many days lie before a date that is today or later."""
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
