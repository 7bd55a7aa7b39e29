"""`match_openings`: write the alerts of what has opened, without Celery."""

import json
import time
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.db import close_old_connections
from tqdm import tqdm

from alerts.matching.match import Matched, match_in_lots
from audit.management.reporting import JsonCommand
from slots.models import SlotOpening

EXAMPLE = """examples:
  manage.py match_openings
  manage.py match_openings --loop
"""
PAUSE_SECONDS = 1.0


class Command(JsonCommand):
    """Match what is unmatched."""

    help = "Writes an alert for every learner whose saved search fits a slot that has opened."
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once, or until stopped."""
        super().add_arguments(parser)
        parser.add_argument("--loop", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        """One round; with --loop, one after another."""
        self._report(_round(), options, always=True)
        while options["loop"]:
            time.sleep(PAUSE_SECONDS)
            close_old_connections()
            self._report(_round(), options, always=False)

    def _report(self, matched: Matched, options: dict[str, Any], *, always: bool) -> None:
        if always or matched != Matched():
            said = json.dumps(asdict(matched)) if options["json"] else _sentence(matched)
            self.stdout.write(said)
            self.stdout.flush()


def _round() -> Matched:
    total = Matched()
    waiting = SlotOpening.objects.unmatched().count()
    with tqdm(total=waiting, unit="opening", delay=1, disable=None) as bar:
        for lot in match_in_lots():
            bar.update(lot.openings)
            total += lot
    return total


def _sentence(matched: Matched) -> str:
    said = f"{matched.openings} openings matched, {matched.alerts} alerts written."
    return f"{said} {matched.revived} expired alerts are due again." if matched.revived else said
