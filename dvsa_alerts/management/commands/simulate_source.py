"""`simulate_source`: slots that open and close by themselves, to look around with."""

import json
import select
import signal
import socket
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError
from django.db import InterfaceError, OperationalError, close_old_connections, reset_queries

from audit.clock import database_now
from audit.management.reporting import JsonCommand
from dvsa_alerts.simulation.feed import NotSimulatedError, Simulation, simulated_source
from slots.ingestion.ingest import Outcome
from slots.models import Source

EXAMPLE = """example:
  manage.py simulate_source --speed 60 --seed 1
Runs until it is stopped (Ctrl-C); started again, it goes on from the slots it left open.
"""
RETRY_SECONDS = 2.0


@dataclass
class Tally:
    """What all rounds together did."""

    rounds: int = 0
    opened: int = 0
    closed: int = 0

    def add(self, outcome: Outcome) -> None:
        """Count one round."""
        self.rounds += 1
        self.opened += outcome.opened
        self.closed += outcome.closed


class Stopping:
    """Whether a signal has asked to stop.

    Not a threading.Event: its set() in a signal's handler waits for a lock that the thread it has
    interrupted may hold.
    """

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()

    def ask(self, *_: Any) -> None:
        """The signals' handler."""
        self._writer.send(b".")

    def wait(self, seconds: float) -> bool:
        """Whether it was asked for, within so many seconds at the most."""
        return bool(select.select([self._reader], [], [], seconds)[0])


class Command(JsonCommand):
    """Play rounds of the simulated source."""

    help = (
        "Opens and closes slots at every active centre, at the rhythm of a real feed. The slots "
        "are invented and labelled so. Refused without DEBUG unless --force is given."
    )
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How fast, how random and how long."""
        super().add_arguments(parser)
        parser.add_argument("--speed", type=_speed, default=1.0, help="times real time (1)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same rounds")
        parser.add_argument("--rounds", type=int, help="stop after so many (default: never)")
        parser.add_argument("--force", action="store_true", help="also without DEBUG")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play until told to stop."""
        if not (settings.DEBUG or options["force"]):
            raise CommandError("Invented slots have no place on a live site (--force overrides).")
        self.quiet = options["json"]
        with _stopped_by_signals() as stopping:
            tally = self._play(stopping, options)
        said = f"{tally.rounds} rounds: {tally.opened} slots opened, {tally.closed} closed."
        self.stdout.write(json.dumps(vars(tally)) if self.quiet else said)

    def _play(self, stopping: Stopping, options: dict[str, Any]) -> Tally:
        tally = Tally()
        simulation: Simulation | None = None
        while not stopping.wait(0) and tally.rounds != options["rounds"]:
            try:
                simulation = simulation or Simulation(_source(), options["seed"])
                outcome, minutes = simulation.play_round(database_now())
            except (InterfaceError, OperationalError) as error:
                self.stderr.write(f"the database does not answer, trying again: {error}")
                close_old_connections()
                stopping.wait(RETRY_SECONDS)
                continue
            tally.add(outcome)
            seconds = minutes * 60 / options["speed"]
            self._say(f"{_line(tally.rounds, outcome)}; the next in {seconds:.0f} s")
            reset_queries()
            if tally.rounds != options["rounds"]:
                stopping.wait(seconds)
        return tally

    def _say(self, line: str) -> None:
        if not self.quiet:
            self.stdout.write(line.strip())
            self.stdout.flush()


def _speed(text: str) -> float:
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < float("inf"):
        raise ArgumentTypeError(f"{text!r} is no positive number")
    return speed


@contextmanager
def _stopped_by_signals() -> Iterator[Stopping]:
    """Asked by SIGINT or SIGTERM: the round under way ends first."""
    stopping = Stopping()
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, stopping.ask) for number in numbers]
    try:
        yield stopping
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


def _source() -> Source:
    try:
        return simulated_source()
    except NotSimulatedError as error:
        raise CommandError(f"Nothing was simulated: {error}.") from error


def _line(number: int, outcome: Outcome) -> str:
    said = f"round {number}: {outcome.status}, {outcome.opened} opened, {outcome.closed} closed"
    return f"{said} ({outcome.reason})" if outcome.reason else said
