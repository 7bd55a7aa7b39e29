"""`resume_sending`: after a restore, look at what would go out, and let it."""

import sys
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandError

from alerts.delivery.resume import Resumption, resume_sending
from audit.management.reporting import JsonCommand

EXAMPLE = """examples:
  manage.py resume_sending
  manage.py resume_sending --yes
Alerts that waited in the backup may have been sent since it was made: they end unsent, with that
reason, unless --send-doubtful is given. Exit 1: nobody said yes, and nothing was changed.
"""


class Command(JsonCommand):
    """Say what would go out, ask, and switch sending on."""

    help = "Lets alerts go out again: says how many, ends those that no longer may, and asks."
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to ask, and what to do with what is in doubt."""
        super().add_arguments(parser)
        parser.add_argument("--yes", action="store_true", help="don't ask")
        parser.add_argument(
            "--send-doubtful", action="store_true", help="also what may have been sent already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Look, ask, resume."""
        if not options["yes"]:
            self._ask(options)
        done = resume_sending(actor=None, send_doubtful=options["send_doubtful"])
        said = ["Sending is on.", *_said(done)]
        self.report(asdict(done), said, as_json=options["json"])

    def _ask(self, options: dict[str, Any]) -> None:
        ahead = resume_sending(actor=None, send_doubtful=options["send_doubtful"], only_look=True)
        self.stderr.write("\n".join(_said(ahead)))
        self.stderr.write("Resume sending? [y/N] ", ending="")
        self.stderr.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            raise CommandError("Sending stays as it is: nothing was changed.")


def _said(resumption: Resumption) -> list[str]:
    restored = resumption.restored_at
    since = f" (restored {restored:%d %b %Y %H:%M} UTC)" if restored else ""
    return [
        f"{resumption.alerts} alerts to {resumption.people} people go out.",
        f"{resumption.in_doubt} end unsent: they may have been sent already{since}.",
        f"{resumption.closed} end unsent: their slot is no longer open.",
    ]
