"""`prune`: remove what is kept no longer."""

from argparse import ArgumentParser
from typing import Any

from tqdm import tqdm

from audit.management.reporting import ReportingCommand
from dvsa_alerts.operations.pruning import OWNERS_RULES, prune

EXAMPLE = """examples:
  manage.py prune --dry-run
  manage.py prune
Ages are settings (alerts.keep_days and so on, in admin). The service itself prunes every hour,
all but entries of the audit log: run this once a day for those. It connects as the owner.
"""


class Command(ReportingCommand):
    """Prune all that is due."""

    help = "Removes what is older than the settings say, in small steps that hold nobody up."
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whether to remove at all."""
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count, and remove nothing")

    def answer(self, **options: Any) -> tuple[dict[str, Any], list[str], bool]:
        """Prune, and say how much of what went."""
        dry_run = options["dry_run"]
        with tqdm(unit="row", delay=1, disable=None, leave=False) as bar:

            def show(name: str, count: int) -> None:
                bar.set_description(name)
                bar.update(count)

            removed = prune(OWNERS_RULES, dry_run=dry_run, progress=show)
        verb = "would go" if dry_run else "removed"
        lines = [f"{name.replace('_', ' ')}: {count:,} {verb}" for name, count in removed.items()]
        return {"status": "checked" if dry_run else "pruned", "removed": removed}, lines, False
