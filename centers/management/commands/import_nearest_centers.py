"""`import_nearest_centers`: DVSA's lists of the centres that a test may be moved to."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from tqdm import tqdm

from audit.management.reporting import ReportingCommand, listed
from centers.files import BadFile, opened
from centers.nearest import Plan, import_nearest, plan_nearest, read_nearest


class Command(ReportingCommand):
    """Import lists of nearest centres."""

    help = (
        "Imports the centres that DVSA lists as nearest to each, from a CSV center,nearest with "
        "three rows a centre, the nearest first; each is a code, a name or an alias. The file "
        "replaces the lists of the centres that it names."
    )
    example = "example:\n  manage.py import_nearest_centers nearest.csv --dry-run"
    refusals = (BadFile,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A file, and whether to write."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change")

    def answer(self, **options: Any) -> tuple[dict[str, Any], list[str], bool]:
        """Compare, write unless it is a dry run, and say what came of it."""
        with opened(options["file"]) as (raw, _):
            rows = tqdm(read_nearest(raw), unit="row", disable=None, leave=False)
        dry_run = options["dry_run"]
        plan = plan_nearest(rows) if dry_run else import_nearest(rows, actor=None)
        answer = {"status": "checked" if dry_run else "imported", **_json(plan)}
        return answer, _said(plan, dry_run=dry_run), bool(plan.rejected)


def _said(plan: Plan, *, dry_run: bool) -> list[str]:
    counts = plan.counts()
    changes = ", ".join(f"{counts[kind]} {kind}" for kind in ("created", "changed", "unchanged"))
    rejected = [f"line {note.line}: {note.name!r}, {note.reason}" for note in plan.rejected]
    return [
        f"Lists of nearest centres{' would be' if dry_run else ''}: {changes}.",
        *([f"{len(rejected)} rejected:", *listed(rejected, len(rejected))] if rejected else []),
        *([f"Lists that stay as they were: {', '.join(plan.left)}."] if plan.left else []),
        *([f"The file doesn't give {plan.unnamed} of the stored lists."] if plan.unnamed else []),
    ]


def _json(plan: Plan) -> dict[str, Any]:
    rejected = [
        {"row": note.line, "name": note.name, "reason": note.reason} for note in plan.rejected
    ]
    return plan.counts() | {"rejected": rejected, "left": plan.left}
