"""Taking two ways of doing the same work in turns, and how long each took."""

import os
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
    return time.process_time() + ended.ru_utime + ended.ru_stime + cluster_seconds()


def cluster_seconds() -> float:
    """Processor time so far of all processes of the database, those that have ended included.

    The kernel counts a process that is there in nanoseconds, and those that are gone in ticks.
    """
    if connection.connection is None:
        connection.ensure_connection()
    server = _status(Path("/proc", str(connection.connection.info.backend_pid)))[1]
    running = sum(
        int((_read(process / "schedstat").split() or ["0"])[0])
        for process in Path("/proc").glob("[0-9]*")
        if _status(process)[1] == server
    )
    ended = sum(map(int, _status(Path("/proc", server))[13:15]))
    return running / 1e9 + ended / os.sysconf("SC_CLK_TCK")


def _status(process: Path) -> list[str]:
    """The fields of /proc/<pid>/stat from the third on: state, parent, …, cutime, cstime."""
    return _read(process / "stat").rpartition(")")[2].split() or ["", ""]


def _read(file: Path) -> str:
    """Its text, none of a process that has just gone."""
    try:
        return file.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def in_turns(
    ours: Side,
    theirs: Side,
    *,
    rounds: int,
    warm_up: int = 1,
    before: Callable[[], object] = _nothing,
    cpu: Callable[[], float] = cpu_seconds,
) -> Taken:
    """Run both sides in turns, the one that begins changing with each round.

    `before` runs before each side, outside of what is timed; `cpu` answers the processor time
    so far, in seconds.
    """
    taken = Taken([], [])
    for number in range(warm_up + rounds):
        order = [(ours, taken.ours), (theirs, taken.theirs)]
        for side, spent in order if number % 2 else reversed(order):
            before()
            spent.append(spend(side, cpu))
    del taken.ours[:warm_up], taken.theirs[:warm_up]
    return taken


def spend(side: Side, cpu: Callable[[], float] = cpu_seconds) -> Spent:
    """Run one side once."""
    before, began = cpu(), time.perf_counter()
    answered = side()
    clock = time.perf_counter() - began
    return Spent(answered if isinstance(answered, float) else clock, cpu() - before)
