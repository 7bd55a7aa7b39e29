"""`import_centers`: bring the test centres in line with a list of them."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.db import transaction

from audit.management.reporting import ReportingCommand
from centers.files import BadFile, opened
from centers.importing.changes import Plan, Planned, apply_plan, plan_import
from centers.importing.duplicates import Duplicate
from centers.importing.files import read_rows
from centers.importing.rows import Note


class Command(ReportingCommand):
    """Import test centres."""

    help = (
        "Imports DVSA's official CSV of test centres, or one with the columns "
        "code,name,postcode[,latitude,longitude,address,town]. What staff have edited is kept."
    )
    example = "example:\n  manage.py import_centers test-centres.csv --dry-run"
    refusals = (BadFile,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A file, and how to take it."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change")
        parser.add_argument("--overwrite", action="store_true", help="replace staff's edits too")
        parser.add_argument(
            "--merge", action="store_true",
            help="give a stored centre the code of a row that would add it again",
        )  # fmt: skip

    def answer(self, **options: Any) -> tuple[dict[str, Any], list[str], bool]:
        """Plan, apply unless it is a dry run, and say what came of it."""
        with opened(options["file"]) as (raw, _):
            rows = read_rows(raw)
        with transaction.atomic():
            merge = None if options["merge"] else frozenset[int]()
            plan = plan_import(rows, overwrite=options["overwrite"], merge=merge)
            if not options["dry_run"]:
                apply_plan(plan, actor=None)
        answer = {"status": "checked" if options["dry_run"] else "imported", **_json(plan)}
        return answer, _said(plan, dry_run=options["dry_run"]), bool(plan.rejected)


def _said(plan: Plan, *, dry_run: bool) -> list[str]:
    counts = ", ".join(f"{count} {kind}" for kind, count in plan.counts().items() if kind != "kept")
    kept = [Note(p.row.line, p.row.name, f"staff's {' and '.join(p.kept)}") for p in plan.kept]
    return [
        f"{'Would be' if dry_run else 'Test centres'}: {counts}.",
        *(f"  line {n.line}: {n.name!r} rejected, {n.reason}" for n in plan.rejected),
        *(f"  line {n.line}: {n.name!r} skipped, {n.reason}" for n in plan.skipped),
        *(f"  line {n.line}: {n.name!r} keeps {n.reason}" for n in kept),
        *(f"  line {n.line}: {n.name!r} is doubtful, {n.reason}" for n in plan.doubtful),
        *(_duplicate_line(duplicate) for duplicate in plan.duplicates),
    ]


def _duplicate_line(duplicate: Duplicate) -> str:
    row = duplicate.row
    done = "is merged" if duplicate.is_merged else "may be stored already (--merge if it is)"
    return f"  line {row.line}: {row.name!r} {done}: {duplicate.reason}"


def _json(plan: Plan) -> dict[str, Any]:
    notes = {"skipped": plan.skipped, "rejected": plan.rejected, "doubtful": plan.doubtful}
    counts = {kind: plan.counts()[kind] for kind in ("created", "changed", "unchanged")}
    listed = {kind: [_note(note) for note in found] for kind, found in notes.items()}
    further = {
        "kept": [_kept(planned) for planned in plan.kept],
        "duplicates": [_duplicate(duplicate) for duplicate in plan.duplicates],
    }
    return counts | listed | further


def _duplicate(duplicate: Duplicate) -> dict[str, Any]:
    row, center = duplicate.row, duplicate.center
    return {
        "row": row.line, "name": row.name, "code": row.code, "merged": duplicate.is_merged,
        "center": center.pk, "center_name": center.name, "center_code": center.code,
    }  # fmt: skip


def _note(note: Note) -> dict[str, Any]:
    return {"row": note.line, "name": note.name, "reason": note.reason}


def _kept(planned: Planned) -> dict[str, Any]:
    return {"row": planned.row.line, "name": planned.row.name, "fields": list(planned.kept)}
