"""One measured number, what it has to reach, and whether it did."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any

from tests.benchmarks.measuring import Spent, Taken


@dataclass(frozen=True)
class Figure:
    """`value` summarises `rounds`; `unit` says of what. No bound: it is only told.

    Of a ratio, `ours` and `theirs` are the medians of seconds by the clock, and `cpu` is the same
    ratio of processor time, which says more on a machine that does other things as well.
    """

    subject: str
    what: str
    value: float
    unit: str
    rounds: list[float]
    at_most: float | None = None
    at_least: float | None = None
    ours: float | None = None
    theirs: float | None = None
    cpu: float | None = None
    notes: dict[str, Any] = field(default_factory=dict)

    @property
    def reached(self) -> bool | None:
        """Whether the bound holds; None where there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least

    @property
    def spread(self) -> tuple[float, float]:
        """The least and the most of all rounds."""
        return min(self.rounds), max(self.rounds)

    def as_json(self) -> dict[str, Any]:
        """All of it, as JSON takes it."""
        return asdict(self) | {"reached": self.reached, "spread": self.spread}


@dataclass(frozen=True)
class Failure:
    """A subject that came to no end, and why."""

    subject: str
    why: str


def longer(subject: str, what: str, taken: Taken, *, at_most: float | None, **notes: Any) -> Figure:
    """How many times as long we take; the median of the rounds' ratios."""
    figure = _ratio(taken, _ours_over_theirs)
    return Figure(subject, what, unit="times as long", at_most=at_most, notes=notes, **figure)


def faster(
    subject: str, what: str, taken: Taken, *, at_least: float | None, **notes: Any
) -> Figure:
    """How many times as fast we are; the median of the rounds' ratios."""
    figure = _ratio(taken, _theirs_over_ours)
    return Figure(subject, what, unit="times as fast", at_least=at_least, notes=notes, **figure)


def absolute(
    subject: str,
    what: str,
    values: Sequence[float],
    unit: str,
    *,
    percentile: int = 50,
    at_most: float | None = None,
    **notes: Any,
) -> Figure:
    """A percentile (50: the median, 100: the most) of values that are compared with nothing."""
    return Figure(subject, what, percentile_of(values, percentile), unit, list(values),
                  at_most=at_most, notes=notes)  # fmt: skip


def percentile_of(values: Sequence[float], percentile: int) -> float:
    """The value that so many of a hundred don't exceed."""
    if percentile == 100:
        return max(values)
    if percentile == 50 or len(values) == 1:
        return median(values)
    return quantiles(values, n=100, method="inclusive")[percentile - 1]


def _ours_over_theirs(ours: float, theirs: float) -> float:
    return ours / theirs


def _theirs_over_ours(ours: float, theirs: float) -> float:
    return theirs / ours


def _ratio(taken: Taken, ratio: Callable[[float, float], float]) -> dict[str, Any]:
    by_clock = _each(taken, ratio, lambda spent: spent.clock)
    by_cpu = _each(taken, ratio, lambda spent: max(spent.cpu, 1e-9))
    return {
        "value": median(by_clock),
        "rounds": by_clock,
        "cpu": median(by_cpu),
        "ours": median(spent.clock for spent in taken.ours),
        "theirs": median(spent.clock for spent in taken.theirs),
    }


def _each(
    taken: Taken, ratio: Callable[[float, float], float], of: Callable[[Spent], float]
) -> list[float]:
    pairs = zip(taken.ours, taken.theirs, strict=True)
    return [ratio(of(ours), of(theirs)) for ours, theirs in pairs]
