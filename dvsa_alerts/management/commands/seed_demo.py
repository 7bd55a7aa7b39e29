"""`seed_demo`: people, searches and past openings to show the site with."""

import secrets
from argparse import ArgumentParser
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.management.base import CommandError
from tqdm import tqdm

from audit.clock import database_now
from audit.management.reporting import ReportingCommand
from centers.geocoding import PostcodeError
from dvsa_alerts.simulation.demo import PEOPLE, play_past, seed_people, seed_searches
from dvsa_alerts.simulation.feed import NotSimulatedError
from slots.center_pages.measuring_waits import measure_waits

EXAMPLE = """example:
  manage.py seed_demo --days 7
The password of the people it makes is shown once; staff set up a second factor as they sign in.
"""


class Command(ReportingCommand):
    """Fill an installation with something to look at."""

    help = (
        "Makes a learner with saved searches, one person of each staff role, and some days of "
        "invented openings, labelled so. Refused without DEBUG unless --force is given."
    )
    example = EXAMPLE
    refusals: ClassVar[tuple[type[Exception], ...]] = (NotSimulatedError, PostcodeError)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How much, how random, and whether on a live site."""
        super().add_arguments(parser)
        parser.add_argument("--days", type=int, default=2, help="days of past openings (2)")
        parser.add_argument("--seed", type=int, default=1, help="the same seed, the same openings")
        parser.add_argument("--force", action="store_true", help="also without DEBUG")

    def answer(self, **options: Any) -> tuple[dict[str, Any], Iterable[str], bool]:
        """Seed, and say who may sign in with what."""
        if not (settings.DEBUG or options["force"]):
            raise CommandError("Invented people have no place on a live site (--force overrides).")
        password = secrets.token_urlsafe(9)
        made = [user.email for user in seed_people(password=password)]
        searches = len(seed_searches())
        opened = self._play(options)
        counts = {"people": made, "searches": searches, "opened": opened}
        return counts | ({"password": password} if made else {}), _said(counts, password), False

    def _play(self, options: dict[str, Any]) -> int:
        now = database_now()
        since = now - timedelta(days=options["days"])
        rounds = play_past(since=since, now=now, seed=options["seed"])
        shown = tqdm(rounds, desc="Playing the past", unit=" rounds", disable=None, leave=False)
        opened = sum(each.opened for each in shown)
        measure_waits(now)
        return opened


def _said(counts: dict[str, Any], password: str) -> list[str]:
    made = counts["people"]
    people = f"made {', '.join(made)}" if made else f"{', '.join(PEOPLE)} were there already"
    lines = [
        f"People: {people}.",
        f"Saved searches: {counts['searches']} made. Slots opened: {counts['opened']:,}.",
    ]
    return [*lines, *([f"Their password: {password}"] if made else [])]
