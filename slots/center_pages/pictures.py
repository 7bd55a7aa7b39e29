"""Geometry of the pictures on a centre's page: numbers in, rectangles out.

Templates draw them as SVG; colours and type are the stylesheet's. Units are the drawing's own.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
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
SIZES = (4, 8, 11)  # of the grid's squares, from few openings to many; each has its shade too
STEPS = len(SIZES)
EMPTY = 3  # where nothing opened


@dataclass(frozen=True)
class Bar:
    """A bar, its value above and its label below, unless there is no room (`tick` empty).

    The value is None where it isn't known; `note` says which part of its time it is of, "" for all.
    """

    label: str
    tick: str
    value: int | None
    x: float
    y: float
    width: float
    height: float
    note: str = ""

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

    @property
    def has_parts(self) -> bool:
        """Whether some bar is of a part of its time alone."""
        return any(bar.note for bar in self.bars)


@dataclass(frozen=True)
class Mark:
    """An hour written above its column."""

    text: str
    middle: int


@dataclass(frozen=True)
class Cell:
    """A square of the grid; `shade` is 0 for nothing to STEPS for the most, and so is its size."""

    value: int
    shade: int
    x: int
    y: int

    @property
    def size(self) -> int:
        """The square's side."""
        return _size(self.shade)


@dataclass(frozen=True)
class Row:
    """A weekday of the grid."""

    day: str
    middle: int
    cells: list[Cell]


@dataclass(frozen=True)
class Key:
    """What a square of the grid stands for: so many openings, from the first to the last number."""

    shade: int
    first: int
    last: int
    square: int = SQUARE

    @property
    def size(self) -> int:
        """The side of such a square."""
        return _size(self.shade)

    @property
    def margin(self) -> int:
        """What is left of its place on each side."""
        return _margin(self.shade)

    @property
    def label(self) -> str:
        """Its number, or the first and the last."""
        return str(self.last) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True)
class Grid:
    """Hours across, weekdays down, and the legend."""

    rows: list[Row]
    marks: list[Mark]
    keys: list[Key]
    width: int = LEFT + SQUARE * HOURS
    height: int = TOP + SQUARE * len(DAYS)

    @property
    def table(self) -> list[tuple[str, list[int]]]:
        """The same hour by hour, without the hours in which nothing opened."""
        columns = [[row.cells[hour].value for row in self.rows] for hour in range(HOURS)]
        return [(_clock(hour), values) for hour, values in enumerate(columns) if any(values)]


def bars(values: Iterable[tuple[str, int | None]], notes: Mapping[str, str] | None = None) -> Bars:
    """Bars of equal width, side by side; the highest fills the drawing's height.

    `notes` are by label; see `Bar`.
    """
    notes = notes or {}
    pairs = list(values)
    step = WIDTH / max(len(pairs), FEWEST)
    most = max((value or 0 for _, value in pairs), default=0) or 1
    room = HEIGHT - LABELS - NUMBERS
    drawn = (
        _bar(index, label, value, step, room * (value or 0) / most)
        for index, (label, value) in enumerate(pairs)
    )
    return Bars([replace(bar, note=notes.get(bar.label, "")) for bar in drawn])


def _bar(index: int, label: str, value: int | None, step: float, height: float) -> Bar:
    top = HEIGHT - LABELS - height
    tick = label if step > CLOSE or index % 2 == 0 else ""
    left, width = round(index * step + GAP / 2, 1), round(step - GAP, 1)
    return Bar(label, tick, value, left, round(top, 1), width, round(height, 1))


def weeks(history: History) -> Bars:
    """Openings in each week, by its Monday; no value where nobody watched.

    The last one is this week, which isn't over; the first may have been watched from a later day.
    """
    notes = {}
    if history.since and history.since not in history.weeks:
        notes[_day(min(history.weeks))] = f"from {_day(history.since)}"
    if history.weeks:
        notes[_day(max(history.weeks))] = "so far"
    return bars(((_day(monday), count) for monday, count in history.weeks.items()), notes)


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
        _keys(most),
    )


def _keys(most: int) -> list[Key]:
    """What each shade stands for, but those that no number falls into."""
    ends = [most * shade // STEPS for shade in range(STEPS + 1)]
    pairs = enumerate(pairwise(ends), start=1)
    return [Key(shade, before + 1, last) for shade, (before, last) in pairs if before < last]


def _row(index: int, day: str, counts: Mapping[tuple[int, int], int], most: int) -> Row:
    top = TOP + index * SQUARE
    values = [counts.get((index + 1, hour), 0) for hour in range(HOURS)]
    cells = [_cell(value, _shade(value, most), hour, top) for hour, value in enumerate(values)]
    return Row(day, top + SQUARE // 2 + 4, cells)


def _cell(value: int, shade: int, hour: int, top: int) -> Cell:
    """A square in the middle of its place."""
    margin = _margin(shade)
    return Cell(value, shade, _column(hour) + margin, top + margin)


def _margin(shade: int) -> int:
    return (SQUARE - _size(shade)) // 2


def _size(shade: int) -> int:
    return SIZES[shade - 1] if shade else EMPTY


def _shade(value: int, most: int) -> int:
    return ceil(STEPS * value / most) if value else 0


def _column(hour: int) -> int:
    return LEFT + hour * SQUARE


def _clock(hour: int) -> str:
    return f"{hour:02}:00"


def _day(day: date) -> str:
    return f"{day.day}/{day.month}"
