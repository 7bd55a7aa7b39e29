"""What was replayed of waves, as a table and a picture."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from tests.benchmarks.report import short
from tests.benchmarks.subjects.waves import CHANCE, LATE, MESSAGES, SAVED, TAKEN, THUMB

COLUMNS = (MESSAGES, SAVED, TAKEN, LATE, CHANCE, THUMB)
WIDTH, HEIGHT, LEFT, BOTTOM, EDGE = 640, 420, 60, 50, 30
# The least that is shown: powers of ten of messages, and the share that came too late.
FEWEST, LEAST = 1, 0.7
HEAD = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"
 font-size="13">
<title>Messages for each slot taken, and the share of messages that came too late</title>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>"""

# Of each policy, its measures.
Measured = Mapping[str, Mapping[str, float]]


def measured(result: dict[str, Any]) -> Measured:
    """The values by policy and measure, in the order in which they were played."""
    found: dict[str, dict[str, float]] = {}
    for figure in result["figures"]:
        notes = figure["notes"]
        found.setdefault(notes["policy"], {})[notes["measure"]] = figure["value"]
    return found


def table(values: Measured) -> str:
    """A row for each policy."""
    rows = [("first wave, interval", *COLUMNS), ["---"] * (len(COLUMNS) + 1)]
    rows += [(name, *(short(each[what]) for what in COLUMNS)) for name, each in values.items()]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)


def draw(values: Measured) -> str:
    """Messages to the right, by powers of ten; those that came too late upwards, of all."""
    powers = range(FEWEST, 6)
    points = {name: (each[MESSAGES], each[LATE]) for name, each in values.items()}
    return "\n".join((HEAD, *_scales(powers), *_points(points), "</svg>\n"))


def _scales(powers: range) -> Iterator[str]:
    for power in powers:
        yield _text(_x(10.0**power), HEIGHT - 25, f"{10**power:,}", "middle")
    for hundredths in range(round(LEAST * 100), 101, 10):
        height = _y(hundredths / 100)
        yield f'<path d="M{LEFT} {height:.1f}H{WIDTH - EDGE}" stroke="#ccc"/>'
        yield _text(LEFT - 8, height + 4, f"{hundredths}%", "end")
    yield _text(WIDTH / 2, HEIGHT - 6, f"{MESSAGES}; upwards: {LATE}", "middle")


def _points(points: Mapping[str, tuple[float, float]]) -> Iterator[str]:
    by_height = sorted(points.items(), key=lambda point: point[1][1])
    for number, (name, (messages, late)) in enumerate(by_height):
        x, y = _x(messages), _y(late)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#0b4f4a"/>'
        # Names of neighbours stand on either side of their points.
        place, anchor = ((x + 8, "start"), (x - 8, "end"))[number % 2]
        yield _text(place, y + 4, name, anchor)


def _text(x: float, y: float, said: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{said}</text>'


def _x(messages: float) -> float:
    return LEFT + (WIDTH - LEFT - EDGE) * (math.log10(messages) - FEWEST) / 4


def _y(share: float) -> float:
    return EDGE + (HEIGHT - BOTTOM - EDGE) * (1 - max(share, LEAST)) / (1 - LEAST)
