"""`verify_alerts`: derive once more who should have been alerted."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from tqdm import tqdm

from alerts.watching.canary import Verdict, recent_openings, verify, verify_unannounced
from audit.management.reporting import JsonCommand

EXAMPLE = """examples:
  manage.py verify_alerts
  manage.py verify_alerts --since 1440 --json
Exit 0: everybody was alerted who should have been, of the right search, and nobody else. 1: an
alert is missing, or is one that should not be; each is named.
"""
EXIT_WRONG = 1


class Command(JsonCommand):
    """Verify the alerts of what has opened."""

    help = "Works out in other words who should have been alerted, and names every difference."
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How far back to look."""
        super().add_arguments(parser)
        parser.add_argument(
            "--since", type=_minutes, default=timedelta(minutes=60), metavar="MINUTES",
            help="how long ago openings were recorded at most (60)",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        """Verify, answer, and exit as the verdict asks."""
        recent = recent_openings(since=options["since"]).order_by("pk")
        verdict = _verify(list(recent.values_list("pk", flat=True)))
        verdict += verify_unannounced(since=options["since"])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(verdict)))
        else:
            self._say(verdict)
        sys.exit(0 if verdict.is_clean else EXIT_WRONG)

    def _say(self, verdict: Verdict) -> None:
        self.stdout.write(
            f"{verdict.openings} openings and {verdict.alerts} alerts verified. Left out, for they"
            f" have changed since: {verdict.left_out_openings} openings,"
            f" {verdict.left_out_searches} searches."
        )
        for fault in verdict.faults:
            self.stderr.write(fault)


def _verify(ids: list[int]) -> Verdict:
    total = Verdict()
    with tqdm(total=len(ids), unit="opening", delay=1, disable=None) as bar:
        for verdict in verify(ids):
            bar.update(verdict.openings + verdict.left_out_openings)
            total += verdict
    return total


def _minutes(text: str) -> timedelta:
    try:
        minutes = int(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a number of minutes") from error
    if not 0 < minutes <= 525_600:  # noqa: PLR2004 - a year
        raise ArgumentTypeError("between 1 and 525600 minutes")
    return timedelta(minutes=minutes)
