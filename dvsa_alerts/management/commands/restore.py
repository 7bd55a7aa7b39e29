"""`restore`: an empty database becomes what a backup holds."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from tqdm import tqdm

from audit.management.reporting import ReportingCommand
from dvsa_alerts.operations.backups.files import BadBackup
from dvsa_alerts.operations.backups.recovery import settled_lines
from dvsa_alerts.operations.backups.restore import Restored, restore

EXAMPLE = """examples:
  manage.py restore /var/backups/dvsa-alerts/slot-alerts-20261125T024447.308847Z.tar --dry-run
  manage.py restore /var/backups/dvsa-alerts/slot-alerts-20261125T024447.308847Z.tar
Erased users listed in erased-users.jsonl beside the file are erased again. Sending stays off
until resume_sending. Exit 1: refused, in one sentence, and the database is as empty as it was.
"""


class Command(ReportingCommand):
    """Restore a backup."""

    help = "Restores a backup into an empty database, verifies it, and leaves sending off."
    example = EXAMPLE
    refusals = (BadBackup,)
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which backup, and how to open it."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--identity", type=Path, help="the file of age's private key")
        parser.add_argument(
            "--dry-run", action="store_true", help="restore, verify, and undo it all again"
        )

    def answer(self, **options: Any) -> tuple[dict[str, Any], list[str], bool]:
        """Restore, and say what there is now."""
        with tqdm(unit="B", unit_scale=True, delay=1, disable=None, leave=False) as bar:
            restored = restore(
                options["file"],
                identity=options["identity"],
                dry_run=options["dry_run"],
                progress=bar.update,
                step=bar.set_description,
            )
        status = "checked" if options["dry_run"] else "restored"
        return {"status": status, **_answer(restored)}, _said(restored, status), False


def _answer(restored: Restored) -> dict[str, Any]:
    return {
        "as_of": restored.as_of.isoformat(),
        "rows": restored.rows,
        "tables": restored.backup.manifest["tables"],
        "audit_head": str(restored.head),
        "erased": restored.settled.erased,
        "kept": restored.settled.kept,
        "sending": False,
    }


def _said(restored: Restored, status: str) -> list[str]:
    tables = len(restored.backup.manifest["tables"])
    verb = "Restored" if status == "restored" else "It would be restored (all is undone again)"
    moment = f"{restored.as_of:%d %b %Y %H:%M:%S} UTC"
    held = f"as the manifest says, and the audit log holds ({restored.head})"
    first = f"{verb}, as of {moment}: {restored.rows:,} rows of {tables} tables {held}."
    return [first, *settled_lines(restored.settled)]
