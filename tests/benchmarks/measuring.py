"""Taking two ways of doing the same work in turns, and how long each took."""

import os
import re
import resource
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

# Answers a float, its seconds, where a clock around it would say something else.
Side = Callable[[], object]


class Different(AssertionError):
    """The two sides did not do the same work, so comparing their times says nothing."""


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and of processor time in this process and the database together."""

    clock: float
    cpu: float


@dataclass(frozen=True)
class Taken:
    """What the two sides spent, round by round: the same place is the same round."""

    ours: list[Spent]
    theirs: list[Spent]


def _nothing() -> None:
    """No preparation."""


def in_turns(
    ours: Side,
    theirs: Side,
    *,
    rounds: int,
    warm_up: int = 1,
    before: Callable[[], object] = _nothing,
) -> Taken:
    """Run both sides in turns, the one that begins changing with each round.

    `before` runs before each side, outside of what is timed.
    """
    taken = Taken([], [])
    for number in range(warm_up + rounds):
        order = [(ours, taken.ours), (theirs, taken.theirs)]
        for side, spent in order if number % 2 else reversed(order):
            before()
            spent.append(spend(side))
    del taken.ours[:warm_up], taken.theirs[:warm_up]
    return taken


def spend(side: Side) -> Spent:
    """Run one side once."""
    cpu, began = cpu_seconds(), time.perf_counter()
    answered = side()
    clock = time.perf_counter() - began
    return Spent(answered if isinstance(answered, float) else clock, cpu_seconds() - cpu)


def same(ours: Collection[object], theirs: Collection[object], what: str = "rows") -> None:
    """Raise Different unless both sides come to the same, and to anything at all."""
    if not ours and not theirs:
        raise Different(f"neither side has any {what}")
    if ours != theirs:
        shown = f"{len(ours)} of ours, {len(theirs)} of theirs"
        raise Different(f"the two sides come to different {what}: {shown}")


def cpu_seconds() -> float:
    """Processor time so far of this process, of children that have ended, and of the cluster."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + _cluster_seconds()


def _cluster_seconds() -> float:
    """Of the backend that serves us, and of parallel workers of it that have ended.

    The kernel counts a living process in nanoseconds, and those that ended in ticks.
    """
    if connection.connection is None:
        connection.ensure_connection()
    backend = Path(f"/proc/{connection.connection.info.backend_pid}")
    running = int((backend / "schedstat").read_text().split()[0]) / 1e9
    parent = re.search(r"PPid:\s+(\d+)", (backend / "status").read_text())
    fields = Path(f"/proc/{parent[1] if parent else 1}/stat").read_text().rpartition(")")[2].split()
    ended = sum(map(int, fields[13:15]))  # cutime and cstime, proc(5)
    return running + ended / os.sysconf("SC_CLK_TCK")
