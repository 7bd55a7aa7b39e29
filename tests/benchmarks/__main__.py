"""Runs subjects one after the other: `./dev bench [name …] [--scale 0.1] [--rounds 7]`."""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import django

RESULTS = Path(__file__).parent / "results"


def read_words(words: Sequence[str]) -> argparse.Namespace:
    """What was asked for on the command line."""
    from tests.benchmarks import ON_REQUEST, SUBJECTS

    known = (*SUBJECTS, *ON_REQUEST)
    stamp = f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}"
    parser = argparse.ArgumentParser("./dev bench", description="Measures beside the limit.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(known)}")
    parser.add_argument("--scale", type=float, default=1.0, help="1: a million users (default)")
    parser.add_argument("--seed", type=int, default=1, help="of the data (default: 1)")
    parser.add_argument("--rounds", type=int, default=7, help="of each comparison (default: 7)")
    parser.add_argument("--json", type=Path, default=RESULTS / f"{stamp}.json", help="written here")
    said = parser.parse_args(words)
    unknown = sorted(set(said.names) - set(known))
    if unknown:
        parser.error(f"there is no subject {', '.join(unknown)}")
    return said


def measure(said: argparse.Namespace) -> Iterator:
    """Every figure of the chosen subjects; a subject that fails stops the run."""
    from tests.benchmarks import SUBJECTS
    from tests.benchmarks.world import World

    world = World(scale=said.scale, seed=said.seed, say=say)
    for name in said.names or SUBJECTS:
        say(f"{name}:")
        began = time.monotonic()
        yield from import_module(f"tests.benchmarks.subjects.{name}").compare(world, said.rounds)
        say(f"{name} took {time.monotonic() - began:.0f} s")


def say(text: str) -> None:
    """Progress, beside the table that goes to standard output."""
    sys.stderr.write(f"{text}\n")


def main(words: Sequence[str]) -> int:
    """Migrate, measure, print and write; 0 also for what was missed, which the table says."""
    said = read_words(words)
    os.environ["DEBUG"] = "false"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvsa_alerts.settings")
    django.setup()
    from django.db import connection

    from tests import databases
    from tests.benchmarks import machine, report

    say("Migrating")
    databases.migrate(connection.settings_dict["NAME"])
    on, figures = machine.describe(), []
    for figure in measure(said):
        figures.append(figure)
        say(f"  {' '.join(report.row(figure))}")
        report.write(said.json, figures, scale=said.scale, seed=said.seed, machine=on)
    sys.stdout.write(f"{report.table(figures)}\n")
    say(f"Written to {said.json}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
