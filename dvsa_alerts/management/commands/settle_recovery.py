"""`settle_recovery`: what has to be done to a database that was recovered to a moment."""

import os
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from pathlib import Path
from typing import Any

from audit.management.reporting import ReportingCommand
from dvsa_alerts.operations.backups.erasures import kept_erasures
from dvsa_alerts.operations.backups.files import BadBackup
from dvsa_alerts.operations.backups.recovery import settle, settled_lines, verify_chain

EXAMPLE = """example:
  manage.py settle_recovery --as-of 2026-11-25T02:45:00Z --erased /var/backups/dvsa-alerts
Run it before any other part of the service is started. `restore` does the same by itself.
"""


class Command(ReportingCommand):
    """Settle a database that went back in time."""

    help = (
        "After a point-in-time recovery: verifies the audit log, erases users erased since again, "
        "and leaves sending off until resume_sending."
    )
    example = EXAMPLE
    refusals = (BadBackup,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """As of when the database is, and who was erased since."""
        super().add_arguments(parser)
        parser.add_argument(
            "--as-of", type=_moment, required=True, metavar="MOMENT",
            help="the moment recovered to, in ISO 8601 with its offset",
        )  # fmt: skip
        parser.add_argument(
            "--erased", type=Path, required=True, metavar="DIR",
            help="the folder of erased-users.jsonl, which is the one of the backups",
        )  # fmt: skip

    def answer(self, **options: Any) -> tuple[dict[str, Any], list[str], bool]:
        """Verify, settle, and say what is left to do."""
        if not os.path.isdir(options["erased"]):
            raise BadBackup(f"There is no folder {options['erased']}: nothing was changed.")
        head = verify_chain(None)
        since = kept_erasures(options["erased"], since=options["as_of"])
        settled = settle(as_of=options["as_of"], erased=[erasure.user for erasure in since])
        answer = {"audit_head": str(head), "erased": settled.erased, "kept": settled.kept}
        return answer, [f"The audit log holds ({head}).", *settled_lines(settled)], False


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a moment in ISO 8601") from error
    if moment.tzinfo is None:
        raise ArgumentTypeError(f"{text!r} does not say its offset: end it with Z for UTC")
    return moment
