"""Times in a learner's words."""

from datetime import datetime

from django import template
from django.utils import timezone

register = template.Library()

MINUTE = 60
UNITS = ((86_400, "day"), (3600, "hour"), (MINUTE, "minute"))


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago a moment (aware) was, in its largest unit; "" for no moment."""
    if moment is None:
        return ""
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < MINUTE:
        return "just now"
    return next(f"{_count(seconds // size, word)} ago" for size, word in UNITS if seconds >= size)


@register.filter
def span(seconds: float) -> str:
    """A length of time (seconds) in its two largest units, rounded down."""
    left, words = int(seconds), []
    for size, word in UNITS:
        if left >= size:
            words.append(_count(left // size, word))
        left %= size
    return " ".join(words[:2]) or "less than a minute"


@register.filter
def away(days: int) -> str:
    """How many days lie before a date that is today or later."""
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
