"""Times in a learner's words."""

from datetime import datetime

from django import template
from django.utils import timezone

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400


@register.filter
def ago(moment: datetime | None) -> str:
    """How long ago a moment (aware) was, in its largest unit; "" for no moment."""
    if moment is None:
        return ""
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < MINUTE:
        return "just now"
    return f"{span(seconds)} ago"


@register.filter
def span(seconds: float) -> str:
    """A length of time (seconds) in its largest unit, rounded down, at least a minute."""
    for size, word in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds >= size:
            return _count(int(seconds // size), word)
    return "less than a minute"


@register.filter
def away(days: int) -> str:
    """How many days lie before a date that is today or later."""
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
