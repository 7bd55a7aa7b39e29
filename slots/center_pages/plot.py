"""Geometry of how far away the soonest slot was, day by day: a line with gaps.

There is a gap where no slot was open and where nobody watched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from slots.models import CenterWait

WIDTH, HEIGHT = 360, 150
LEFT, BELOW, ABOVE = 34, 24, 10  # room for labels
SMALL_WIDTH, SMALL_HEIGHT = 84, 28
EDGE = 2


@dataclass(frozen=True)
class Plot:
    """`line` is an SVG path; `dots` are days that stand alone. Days away go upwards from 0."""

    line: str
    dots: list[tuple[float, float]]
    most: int
    width: int
    height: int


@dataclass(frozen=True)
class _Frame:
    """Where in a drawing the values lie."""

    width: int
    height: int
    left: int
    top: int
    right: int
    bottom: int


LARGE = _Frame(WIDTH, HEIGHT, LEFT, ABOVE, WIDTH - EDGE, HEIGHT - BELOW)
SMALL = _Frame(SMALL_WIDTH, SMALL_HEIGHT, EDGE, EDGE, SMALL_WIDTH - EDGE, SMALL_HEIGHT - EDGE)


def plot(wait: CenterWait, frame: _Frame = LARGE) -> Plot | None:
    """Draw the days of a wait; None where no slot was open on any."""
    points = [(day, days) for day, days in wait.days if days is not None]
    if not points:
        return None
    most = max(days for _, days in points) or 1
    first, last = wait.days[0][0], wait.days[-1][0]
    runs = [[_place(each, first, last, most, frame) for each in run] for run in _runs(points)]
    line = "".join(f"M{'L'.join(f'{x} {y}' for x, y in run)}" for run in runs if len(run) > 1)
    dots = [run[0] for run in runs if len(run) == 1]
    return Plot(line, dots, most, frame.width, frame.height)


def _runs(points: Sequence[tuple[date, int]]) -> list[list[tuple[date, int]]]:
    """Days in a row, apart where one is missing."""
    numbered = groupby(enumerate(points), key=lambda each: each[1][0] - timedelta(each[0]))
    return [[point for _, point in run] for _, run in numbered]


def _place(
    point: tuple[date, int], first: date, last: date, most: int, frame: _Frame
) -> tuple[float, float]:
    day, days = point
    along = (day - first).days / max((last - first).days, 1)
    x = frame.left + along * (frame.right - frame.left)
    y = frame.bottom - days / most * (frame.bottom - frame.top)
    return round(x, 1), round(y, 1)
