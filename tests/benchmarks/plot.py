"""How costs grow, as an SVG; both axes are logarithmic, so what grows as the data has slope one."""

import math
from collections.abc import Iterator, Mapping

COLOURS = {"search": "#0b4f4a", "page": "#b4530a", "match": "#7a1f5c", "save": "#1d4e89"}
WIDTH, HEIGHT, LEFT, TOP, RIGHT, BOTTOM = 640, 360, 70, 20, 110, 50
WIDE, TALL = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
HEAD = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif"
 font-size="13">
<title>Milliseconds of each cost at 1, 3 and 10 times the data</title>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>"""

# Of each cost, milliseconds by how many times the data.
Costs = Mapping[str, Mapping[int, float]]


def draw(costs: Costs) -> str:
    """The whole picture."""
    values = [value for each in costs.values() for value in each.values()]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    return "\n".join((HEAD, *_scales(low, high), *_lines(costs, low, high), "</svg>\n"))


def _scales(low: int, high: int) -> Iterator[str]:
    for power in range(low, high + 1):
        height = _y(10.0**power, low, high)
        yield f'<path d="M{LEFT} {height:.1f}h{WIDE}" stroke="#ccc"/>'
        yield _text(LEFT - 8, height + 4, f"{10.0**power:g} ms", "end")
    for times in (1, 3, 10):
        yield _text(_x(times), HEIGHT - 20, f"{times}×", "middle")


def _lines(costs: Costs, low: int, high: int) -> Iterator[str]:
    for name, each in costs.items():
        points = [(_x(times), _y(value, low, high)) for times, value in each.items()]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        stroke = f'stroke="{COLOURS[name]}" stroke-width="2"'
        yield f'<polyline points="{line}" fill="none" {stroke}/>'
        x, y = points[-1]
        yield _text(x + 8, y + 4, name, "start")


def _text(x: float, y: float, said: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{said}</text>'


def _x(times: int) -> float:
    return LEFT + WIDE * math.log10(times)


def _y(value: float, low: int, high: int) -> float:
    return TOP + TALL * (high - math.log10(value)) / (high - low)
