"""`housekeep`: what beat asks for beside matching and sending, without Celery."""

import logging
import sys
import time
from argparse import ArgumentParser
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections

from audit.management.reporting import JsonCommand
from dvsa_alerts.celery import app
from dvsa_alerts.periodic import HOUSEKEEP, Work, work_of

logger = logging.getLogger(__name__)

EXAMPLE = """examples:
  manage.py housekeep
  manage.py housekeep --loop
With `match_openings --loop` and `dispatch_alerts --loop` beside it, the service runs without
Celery. Exit 1: some of the work failed, and is named; the rest is done.
"""
PAUSE_SECONDS = 1.0
# A feed that is slow to answer keeps no slot open that has passed.
HANDS = 3
EXIT_FAILED = 1


class Command(JsonCommand):
    """Keep house."""

    help = (
        "Polls sources, closes slots that have passed, ends searches, seals the audit log, prunes, "
        "and whatever else is due from time to time."
    )
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Once, or until stopped."""
        super().add_arguments(parser)
        parser.add_argument("--loop", action="store_true", help="go on until stopped")

    def handle(self, *args: Any, **options: Any) -> None:
        """Each piece of work once; with --loop, each whenever it is due."""
        app.loader.import_default_modules()
        work = work_of(HOUSEKEEP)
        failed = {each.name: fault for each in work if (fault := do(each))}
        self._say(work, failed, as_json=options["json"])
        if options["loop"]:
            keep_on(work)
        if failed:
            sys.exit(EXIT_FAILED)

    def _say(self, work: list[Work], failed: dict[str, str], *, as_json: bool) -> None:
        done = [each.name for each in work if each.name not in failed]
        said = [f"{len(done)} of {len(work)} done: {', '.join(done)}."]
        self.report({"done": done, "failed": failed}, said, as_json=as_json)
        for name, fault in failed.items():
            self.stderr.write(f"{name} failed: {fault}")


def do(work: Work) -> str | None:
    """Do a piece of work; what it failed with, None if it didn't."""
    try:
        app.tasks[work.task](*work.args)
    except Exception as error:
        logger.exception("%s failed", work.name)
        return f"{type(error).__name__}: {error}"
    return None


def do_in_thread(work: Work) -> None:
    """Do a piece of work on this thread's own connection, which may have broken since the last."""
    close_old_connections()
    do(work)


def keep_on(work: list[Work]) -> None:
    """Do each piece of work whenever it is due, HANDS at a time and none twice at once."""
    due = {each: time.monotonic() + each.seconds for each in work}
    running: dict[Work, Future[None]] = {}
    with ThreadPoolExecutor(HANDS) as pool:
        while True:
            for each in work:
                is_running = each in running and not running[each].done()
                if due[each] <= time.monotonic() and not is_running:
                    due[each] = time.monotonic() + each.seconds
                    running[each] = pool.submit(do_in_thread, each)
            time.sleep(PAUSE_SECONDS)
