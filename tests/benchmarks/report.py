"""Figures as a table for people and as JSON for what comes after."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from tests.benchmarks.figures import Failure, Figure

HEADINGS = ("subject", "what", "value", "spread", "CPU", "to reach", "")


def table(found: Iterable[Figure | Failure]) -> str:
    """A table in Markdown, which can be read as it is."""
    return columns([HEADINGS, *map(row, found)])


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows in Markdown, the first of them the headings."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(cells, widths) for cells in rows]
    return "\n".join([lines[0], _line(["-" * width for width in widths], widths), *lines[1:]])


def row(figure: Figure | Failure) -> tuple[str, ...]:
    """One figure in the order of HEADINGS, or what there is instead of one."""
    if isinstance(figure, Failure):
        return (figure.subject, figure.why.replace("|", "/"), "", "", "", "", "FAILED")
    least, most = figure.spread
    return (
        figure.subject,
        _what(figure),
        f"{short(figure.value)} {figure.unit}",
        f"{short(least)} – {short(most)}",
        "" if figure.cpu is None else short(figure.cpu),
        _bound(figure),
        {None: "", True: "reached", False: "MISSED"}[figure.reached],
    )


def _what(figure: Figure) -> str:
    if figure.ours is None or figure.theirs is None:
        return figure.what
    return f"{figure.what} ({_seconds(figure.ours)} to {_seconds(figure.theirs)})"


def _bound(figure: Figure) -> str:
    if figure.at_most is not None:
        return f"at most {figure.at_most:g}"
    return "" if figure.at_least is None else f"at least {figure.at_least:g}"


def _seconds(value: float) -> str:
    return f"{short(value * 1000)} ms" if value < 1 else f"{value:.2f} s"


def short(value: float) -> str:
    """Three digits that count, never as a power of ten."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"


def write(path: Path, found: Sequence[Figure | Failure], **said: Any) -> None:
    """All that was measured, and on what."""
    figures = [each.as_json() for each in found if isinstance(each, Figure)]
    failures = [asdict(each) for each in found if isinstance(each, Failure)]
    content = said | {"figures": figures, "failures": failures}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1) + "\n")
