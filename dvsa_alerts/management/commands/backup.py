"""`backup`: all that the database holds, in one file that says what is in it."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from tqdm import tqdm

from audit.management.reporting import ReportingCommand
from dvsa_alerts.operations.backups.backup import Made, make_backup
from dvsa_alerts.operations.backups.encryption import Recipient
from dvsa_alerts.operations.backups.erasures import FILE as ERASURES
from dvsa_alerts.operations.backups.files import BadBackup
from dvsa_alerts.operations.backups.second_place import copy_to_second_place

EXAMPLE = """examples:
  manage.py backup /var/backups/dvsa-alerts
  manage.py backup /var/backups/dvsa-alerts --keep 30
  manage.py backup /var/backups/dvsa-alerts --encrypt-to age1ql3z7hjy54pw3hyww5ayyfg7…
The file appears in the folder once it is whole; BACKUP_COPY_COMMAND, where it is set, then copies
it. Beside it, erased-users.jsonl keeps the ids of
erased users: keep both on another machine, together.
"""


class Command(ReportingCommand):
    """Make a backup."""

    help = "Writes a consistent dump of the database, with a manifest and checksums, to a folder."
    example = EXAMPLE
    refusals = (BadBackup,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to, and for whose eyes."""
        super().add_arguments(parser)
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument(
            "--keep", type=_number, metavar="N",
            help="once it is whole, remove all but the newest N",
        )  # fmt: skip
        parser.add_argument(
            "--encrypt-to",
            type=Recipient,
            metavar="KEY",
            default=settings.BACKUP_ENCRYPT_TO or None,
            help="an age or a GnuPG public key (default: BACKUP_ENCRYPT_TO)",
        )

    def answer(self, **options: Any) -> tuple[dict[str, Any], list[str], bool]:
        """Make it, and say where it is and what is in it."""
        with tqdm(unit="B", unit_scale=True, delay=1, disable=None, leave=False) as bar:
            made = make_backup(
                options["folder"],
                recipient=options["encrypt_to"],
                keep=options["keep"],
                progress=bar.update,
            )
        if settings.BACKUP_COPY_COMMAND:
            files = [made.path, made.path.parent / ERASURES]
            copy_to_second_place(settings.BACKUP_COPY_COMMAND, files)
        return _answer(made), _said(made), False


def _number(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is not a number of backups: 1 or more")
    return int(text)


def _answer(made: Made) -> dict[str, Any]:
    kept = {"erasures_kept": made.erasures, "removed": made.removed}
    return {"file": str(made.path), **kept, "manifest": made.manifest}


def _said(made: Made) -> list[str]:
    tables = made.manifest["tables"]
    rows = sum(table["rows"] for table in tables.values())
    held = f"{rows:,} rows of {len(tables)} tables, {made.manifest['dump']['bytes']:,} bytes"
    gone = [f"{len(made.removed)} older backups removed"] if made.removed else []
    return [str(made.path), f"{held}; the audit log's head is {made.manifest['audit_head']}", *gone]
