"""Draws done again by plain Python: who is told of an opening in which wave, given its seed.

It shares no code with the program: alerts are counted, and lots hashed, as `/fairness/` says.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import timedelta
from hashlib import sha256

from alerts.models import UserAlert
from slots.models import SlotOpening

WEEK = timedelta(days=7)
AT_ONCE = 0


def order(opening: SlotOpening, users: Collection[int]) -> list[int]:
    """These learners as an opening's draw puts them, the first to be told first."""
    had: dict[int, int] = defaultdict(int)
    week = (opening.matched_at - WEEK, opening.matched_at)
    for user, at in UserAlert.objects.filter(user__in=users).values_list("user", "created_at"):
        had[user] += week[0] <= at < week[1]

    def lot(user: int) -> str:
        return sha256(f"{opening.seed}:{user}".encode()).hexdigest()

    return sorted(users, key=lambda user: (had[user], lot(user)))


def faults(opening: SlotOpening, fitting: Collection[int], *, first: int) -> Iterator[str]:
    """What is wrong with the waves of an opening that these learners, and no others, fit.

    Each wave takes the next learners of the order, 4 times as many as the one before; the last
    that was told may have taken everyone.
    """
    waves: dict[int, set[int]] = defaultdict(set)
    for user, wave in opening.alerts.values_list("user", "wave"):
        waves[wave or AT_ONCE].add(user)
    at_once = waves.pop(AT_ONCE, set())
    if at_once and (waves or at_once != set(fitting)):
        yield f"{opening}: {at_once} were told at once, of {set(fitting)}"
    drawn, size = order(opening, fitting), first
    for wave in sorted(waves):
        is_last = wave == max(waves) and opening.next_wave_at is None
        turn, drawn = (drawn, []) if is_last and len(drawn) > size else (drawn[:size], drawn[size:])
        if waves[wave] != set(turn):
            yield f"{opening}: wave {wave} told {waves[wave]} instead of {set(turn)}"
        size *= 4
