"""Writes what was measured into docs: `python -m tests.benchmarks.document RESULT.json …`.

Tables go between the markers of docs/performance.md, and the plots of growth and of waves beside
it. What was measured of growth, load and waves has its own place there; the rest of each result
becomes a table.
What no result holds is left as it is.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import ON_REQUEST, load_document, plot, report, waves_document
from tests.benchmarks.figures import Failure, Figure, percentile_of
from tests.benchmarks.report import short

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
# Of a cost's repetitions the one that a tenth don't exceed: the median says how busy a shared
# machine was just then.
QUIET = 10
PAGE, PLOT = DOCS / "performance.md", DOCS / "performance-growth.svg"
WAVES_PLOT = DOCS / "performance-waves.svg"


def main(names: Sequence[str]) -> int:
    """Read the results and write the documents; 2 when nothing was named."""
    if not names:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    results = [json.loads(Path(name).read_text()) for name in names]
    text = PAGE.read_text()
    if runs := [run for run in map(_run, results) if run]:
        text = _between(text, "runs", "\n\n".join([*runs, _verdict(results)]))
    for growth in filter(None, (_only("growth", result) for result in results)):
        text = _between(text, "growth", f"{_machine(growth)}\n\n{_growth(growth)}")
        PLOT.write_text(plot.draw(_costs(growth)))
    for load in filter(None, (_only("load", result) for result in results)):
        text = _between(text, "load", f"{_machine(load)}\n\n{load_document.document(load)}")
    for waves in filter(None, (_only("waves", result) for result in results)):
        values = waves_document.measured(waves)
        text = _between(text, "waves", f"{_machine(waves)}\n\n{waves_document.table(values)}")
        WAVES_PLOT.write_text(waves_document.draw(values))
    PAGE.write_text(text)
    return 0


def _only(subject: str, result: dict[str, Any]) -> dict[str, Any] | None:
    """The same result with one subject's figures alone, None if it has none."""
    figures = [figure for figure in result["figures"] if figure["subject"] == subject]
    return result | {"figures": figures} if figures else None


def _found(result: dict[str, Any]) -> list[Figure | Failure]:
    derived = {"reached", "spread"}
    figures = [
        Figure(**{name: value for name, value in figure.items() if name not in derived})
        for figure in result["figures"]
        if figure["subject"] not in ON_REQUEST
    ]
    return [*figures, *(Failure(**each) for each in result.get("failures", []))]


def _between(text: str, name: str, content: str) -> str:
    before, _, rest = text.partition(f"<!-- {name} -->\n")
    after = rest.partition(f"<!-- end of {name} -->")[2]
    return f"{before}<!-- {name} -->\n{content}\n<!-- end of {name} -->{after}"


def _run(result: dict[str, Any]) -> str:
    """What was measured beside its limit, "" if that is nothing."""
    found = _found(result)
    return f"{_machine(result)}\n\n{report.table(found)}" if found else ""


def _verdict(results: Sequence[dict[str, Any]]) -> str:
    """How many numbers were reached in each run, and which were not in some."""
    bound = [
        figure
        for result in results
        for figure in result["figures"]
        if figure["reached"] is not None
    ]
    missed = {figure["subject"] for figure in bound if not figure["reached"]}
    failed = {each["subject"] for result in results for each in result.get("failures", [])}
    reached = sum(figure["reached"] for figure in bound)
    return (
        f"Reached: {reached} of {len(bound)} numbers in all runs together. "
        f"Missed at least once: {_listed(missed)}. Failed: {_listed(failed)}."
    )


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"


def _machine(result: dict[str, Any]) -> str:
    machine = result["machine"]
    processor = machine["processor"] or "processor unknown"
    return (
        f"{machine['at']}: scale {result['scale']:g}, seed {result['seed']}, "
        f"{machine['cores']} cores ({processor}), {machine['memory_gib']} GiB, "
        f"load {machine['load']} as it began; PostgreSQL {machine['postgresql'].split()[0]}, "
        f"Python {machine['python']}, Django {machine['django']}."
    )


def _growth(result: dict[str, Any]) -> str:
    """Only the sizes at which every cost was measured: a run may have been stopped."""
    costs = _costs(result)
    times = sorted(set.intersection(*(set(each) for each in costs.values())))
    heads = [f"{each}×" for each in times]
    rows = [("cost", *heads, f"{heads[-1]} to {heads[0]}"), ["---"] * (len(times) + 2)]
    for name, each in costs.items():
        cells = [f"{short(each[size])} ms" for size in times]
        rows.append((name, *cells, short(each[times[-1]] / each[times[0]])))
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    return f"{_sizes(result)}\n\n{table}\n\n{_per_alert(result)}"


def _per_alert(result: dict[str, Any]) -> str:
    """A match for each thousand alerts that it writes, at each size."""
    each = [
        f"{short(1000 * percentile_of(figure['rounds'], QUIET) / figure['notes']['alerts'])} ms "
        f"at {figure['notes']['times']}×"
        for figure in result["figures"]
        if figure["notes"].get("alerts")
    ]
    return f"For each thousand alerts that it writes, a match takes {', '.join(each)}."


def _sizes(result: dict[str, Any]) -> str:
    sizes = {f["notes"]["times"]: f["notes"] for f in result["figures"]}
    parts = [
        f"{times}× is {note['learners']:,} learners, {note['slots']:,} slots, "
        f"{note['centres']:,} centres"
        for times, note in sizes.items()
    ]
    alerts = [f["notes"]["alerts"] for f in result["figures"] if "alerts" in f["notes"]]
    written = ", ".join(f"{number:,}" for number in alerts)
    return f"{'; '.join(parts)}. The opening that was matched wrote {written} alerts."


def _costs(result: dict[str, Any]) -> dict[str, dict[int, float]]:
    costs: dict[str, dict[int, float]] = {}
    for figure in result["figures"]:
        note = figure["notes"]
        quiet = percentile_of(figure["rounds"], QUIET)
        costs.setdefault(note["cost"], {})[note["times"]] = quiet
    return costs


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
