"""Runs subjects one after the other: `./dev bench [name …] [--scale 0.1] [--rounds 7]`."""

import argparse
import os
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from tests.benchmarks.figures import Failure, Figure
    from tests.benchmarks.world import World

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


def measure(said: argparse.Namespace) -> Iterator["Figure | Failure"]:
    """Every figure of the chosen subjects; where one fails, that, and the others go on."""
    from tests.benchmarks import SUBJECTS
    from tests.benchmarks.world import World

    world = World(scale=said.scale, seed=said.seed, say=say)
    for name in said.names or SUBJECTS:
        say(f"{name}:")
        began = time.monotonic()
        yield from measure_one(name, world, said.rounds)
        say(f"{name} took {time.monotonic() - began:.0f} s")


def measure_one(name: str, world: "World", rounds: int) -> Iterator["Figure | Failure"]:
    """The figures of one subject, and what it failed with if it did."""
    from django.db import connection

    from tests.benchmarks.figures import Failure

    try:
        yield from import_module(f"tests.benchmarks.subjects.{name}").compare(world, rounds)
    except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
        traceback.print_exc()
        connection.close()
        yield Failure(name, f"{type(error).__name__}: {error}".partition("\n")[0])


def say(text: str) -> None:
    """Progress, beside the table that goes to standard output."""
    sys.stderr.write(f"{text}\n")


def main(words: Sequence[str]) -> int:
    """Migrate, measure, print and write; 0 also for what was missed, 1 where a subject failed."""
    said = read_words(words)
    os.environ["DEBUG"] = "false"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dvsa_alerts.settings")
    django.setup()
    from django.db import connection

    from tests import databases
    from tests.benchmarks import machine, report
    from tests.benchmarks.figures import Failure

    say("Migrating")
    databases.migrate(connection.settings_dict["NAME"])
    on, found = machine.describe(), []
    for each in measure(said):
        found.append(each)
        say(f"  {' '.join(report.row(each))}")
        report.write(said.json, found, scale=said.scale, seed=said.seed, machine=on)
    sys.stdout.write(f"{report.table(found)}\n")
    say(f"Written to {said.json}")
    return int(any(isinstance(each, Failure) for each in found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
