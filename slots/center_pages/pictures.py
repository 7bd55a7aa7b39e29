"""Geometry of the pictures on a centre's page: numbers in, rectangles out.

Templates draw them as SVG; colours and type are the stylesheet's. Units are the drawing's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from math import ceil

from slots.center_pages.history import NOTICE_FROM, History

WIDTH, HEIGHT = 360, 150
LABELS = 22  # room for the labels under the bars
NUMBERS = 18  # room for the numbers above them
GAP = 4
FEWEST = 4  # as wide as bars get: a quarter of the drawing
CLOSE = 40  # bars nearer than this have a label below every other one only
HOURS, SQUARE, LEFT, TOP = 24, 13, 34, 18  # of the grid
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
STEPS = 4  # shades of the grid


@dataclass(frozen=True)
class Bar:
    """A bar, its value above and its label below, unless there is no room (`tick` empty).

    The value is None where it isn't known.
    """

    label: str
    tick: str
    value: int | None
    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Where its label and value are centred."""
        return self.x + self.width / 2

    @property
    def above(self) -> float:
        """Where its value stands."""
        return self.y - NUMBERS / 4


@dataclass(frozen=True)
class Bars:
    """A picture of bars side by side, all of one scale."""

    bars: list[Bar]
    width: int = WIDTH
    height: int = HEIGHT
    baseline: int = HEIGHT - LABELS


@dataclass(frozen=True)
class Mark:
    """An hour written above its column."""

    text: str
    middle: int


@dataclass(frozen=True)
class Cell:
    """A square of the grid; `shade` is 0 for nothing to STEPS for the most."""

    value: int
    shade: int
    x: int


@dataclass(frozen=True)
class Row:
    """A weekday of the grid."""

    day: str
    y: int
    middle: int
    cells: list[Cell]


@dataclass(frozen=True)
class Grid:
    """Hours across, weekdays down."""

    rows: list[Row]
    marks: list[Mark]
    width: int = LEFT + SQUARE * HOURS
    height: int = TOP + SQUARE * len(DAYS)
    square: int = SQUARE - 2

    @property
    def table(self) -> list[tuple[str, list[int]]]:
        """The same hour by hour, without the hours in which nothing opened."""
        columns = [[row.cells[hour].value for row in self.rows] for hour in range(HOURS)]
        return [(_clock(hour), values) for hour, values in enumerate(columns) if any(values)]


def bars(values: Iterable[tuple[str, int | None]]) -> Bars:
    """Bars of equal width, side by side; the highest fills the drawing's height."""
    pairs = list(values)
    step = WIDTH / max(len(pairs), FEWEST)
    most = max((value or 0 for _, value in pairs), default=0) or 1
    room = HEIGHT - LABELS - NUMBERS
    return Bars([_bar(index, label, value, step, room * (value or 0) / most)
                 for index, (label, value) in enumerate(pairs)])  # fmt: skip


def _bar(index: int, label: str, value: int | None, step: float, height: float) -> Bar:
    top = HEIGHT - LABELS - height
    tick = label if step > CLOSE or index % 2 == 0 else ""
    left, width = index * step + GAP / 2, step - GAP
    return Bar(label, tick, value, *(round(n, 1) for n in (left, top, width, height)))


def weeks(history: History) -> Bars:
    """Openings in each week, by its Monday; no value where nobody watched."""
    return bars((_day(monday), count) for monday, count in history.weeks.items())


def notice(history: History) -> Bars:
    """Openings by how many days were left before the test."""
    return bars(zip(notice_labels(), history.notice.values(), strict=True))


def notice_labels() -> list[str]:
    """The classes of NOTICE_FROM in words."""
    ends = [*(f"–{following - 1}" for following in NOTICE_FROM[1:]), "+"]
    return [f"{first}{end}" for first, end in zip(NOTICE_FROM, ends, strict=True)]


def hours(history: History) -> Grid:
    """At which weekday and hour (Europe/London) openings came up."""
    most = max(history.hours.values(), default=0)
    return Grid(
        [_row(index, day, history.hours, most) for index, day in enumerate(DAYS)],
        [Mark(_clock(hour), _column(hour) + SQUARE // 2) for hour in range(0, HOURS, 4)],
    )


def _row(index: int, day: str, counts: Mapping[tuple[int, int], int], most: int) -> Row:
    top = TOP + index * SQUARE
    values = [counts.get((index + 1, hour), 0) for hour in range(HOURS)]
    cells = [Cell(value, _shade(value, most), _column(hour)) for hour, value in enumerate(values)]
    return Row(day, top, top + SQUARE // 2 + 4, cells)


def _shade(value: int, most: int) -> int:
    return ceil(STEPS * value / most) if value else 0


def _column(hour: int) -> int:
    return LEFT + hour * SQUARE


def _clock(hour: int) -> str:
    return f"{hour:02}:00"


def _day(day: date) -> str:
    return f"{day.day}/{day.month}"
