"""`poll_sources`: ask every polled source once, whether or not its time has come."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from audit.management.reporting import JsonCommand
from slots.fetching.polling import Polled, poll, polled_sources

EXAMPLE = """example:
  manage.py poll_sources
A source is polled once it has an address: add_source NAME --url https://….
"""


class Command(JsonCommand):
    """Poll once."""

    help = (
        "Fetches every polled source once; exit 1 when one of them failed, 3 when rows were "
        "rejected."
    )
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Nothing has to be said."""
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """A line for each source, and how many failed."""
        polled = []
        for source in polled_sources():
            polled.append(poll(source=source))
            if not options["json"]:
                self._say(polled[-1])
        if options["json"]:
            self.stdout.write(json.dumps({"sources": [_answer(each) for each in polled]}))
        elif not polled:
            self.stdout.write("No source has an address to poll.")
        if code := _exit_code(polled):
            sys.exit(code)

    def _say(self, polled: Polled) -> None:
        self.stdout.write(str(polled))
        for row in polled.outcome.rejected if polled.outcome else []:
            self.stdout.write(f"  row {row.row}: {row.reason}")


def _exit_code(polled: list[Polled]) -> int:
    """1 when a source failed, 3 when rows were rejected, else 0."""
    if any(each.failure for each in polled):
        return 1
    return 3 if any(each.outcome and each.outcome.rejected for each in polled) else 0


def _answer(polled: Polled) -> dict[str, Any]:
    outcome = polled.outcome.as_json() if polled.outcome else None
    return {"source": polled.source, "outcome": outcome, "failure": polled.failure}
