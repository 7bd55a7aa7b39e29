"""What a load came to, as docs/performance.md shows it."""

from collections.abc import Sequence
from typing import Any

from tests.benchmarks.report import columns, short

# Of the most that was answered in a second; more people than that only wait for longer.
FULL = 0.95
HEADINGS = (
    "requests/s", "p50", "p95", "p99", "errors", "web", "database", "generator", "mails",
)  # fmt: skip

Notes = dict[str, Any]


def document(result: dict[str, Any]) -> str:
    """Both tables, and the knee between them."""
    notes = [figure["notes"] | {"rate": figure["value"]} for figure in result["figures"]]
    people = [note for note in notes if note["part"] == "people"]
    servers = [note for note in notes if note["part"] == "processes"]
    return "\n\n".join((_people(people), _knee(people), _servers(servers)))


def knee(people: Sequence[Notes]) -> Notes:
    """The fewest people with whom the site does nearly the most that it ever did."""
    most = max(note["rate"] for note in people)
    return min(
        (note for note in people if note["rate"] >= FULL * most), key=lambda note: note["people"]
    )


def _people(notes: Sequence[Notes]) -> str:
    return columns([("people", *HEADINGS), *((str(n["people"]), *_cells(n)) for n in notes)])


def _servers(notes: Sequence[Notes]) -> str:
    head = ("processes × threads", *HEADINGS)
    rows = ((f"{note['processes']} × {note['threads']}", *_cells(note)) for note in notes)
    return f"With {notes[0]['people']} people at other servers:\n\n{columns([head, *rows])}"


def _knee(notes: Sequence[Notes]) -> str:
    at, last = knee(notes), notes[-1]
    return (
        f"The knee is at **{at['people']} people**: {short(at['rate'])} requests a second, half of "
        f"them within {short(at['p50'])} ms and 95 of a hundred within {short(at['p95'])} ms. With "
        f"{last['people']} people it answers {short(last['rate'])}, and half wait for "
        f"{short(last['p50'])} ms or longer."
    )


def _cells(note: Notes) -> tuple[str, ...]:
    times = (f"{short(note[name])} ms" for name in ("p50", "p95", "p99"))
    cores = (f"{note[name]:.2f}" for name in ("web_cores", "database_cores", "generator_cores"))
    errors = str(sum(note["errors"].values()))
    return (short(note["rate"]), *times, errors, *cores, f"{note['mails']:,}")
