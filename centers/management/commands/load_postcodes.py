"""`load_postcodes`: replace the stored full postcodes by a published list."""

import os
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tqdm import tqdm

from audit.management.reporting import ReportingCommand, listed
from centers.files import BadFile
from centers.loading.files import Progress
from centers.loading.replacing import Loaded, check_postcodes, load_postcodes, summary


class Command(ReportingCommand):
    """Load a list of postcodes."""

    help = (
        "Replaces the stored postcodes by those of an ONSPD or NSPL CSV, of Code-Point Open's zip, "
        "or of a CSV postcode,latitude,longitude (plain or gzipped)."
    )
    example = "example:\n  manage.py load_postcodes ONSPD_AUG_2026_UK.csv"
    refusals = (BadFile,)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A file, and how to take it."""
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="read it and change nothing")
        parser.add_argument(
            "--force", action="store_true", help="load it though most stored postcodes would go"
        )

    def answer(self, **options: Any) -> tuple[dict[str, Any], list[str], bool]:
        """Load or check, and say what came of it."""
        with _bar(options["file"]) as progress:
            loaded = (
                check_postcodes(options["file"], progress=progress)
                if options["dry_run"]
                else load_postcodes(
                    options["file"], actor=None, force=options["force"], progress=progress
                )
            )
        said = _checked(loaded) if options["dry_run"] else _loaded(loaded)
        return _json(loaded, options["dry_run"]), said, bool(loaded.rejections.counts)


@contextmanager
def _bar(path: Path) -> Iterator[Progress]:
    """A progress bar over the file's bytes, on a terminal only."""
    total = os.path.getsize(path) if os.path.isfile(path) else 0
    with tqdm(total=total, unit="B", unit_scale=True, disable=None, leave=False) as bar:

        def progress(position: int) -> None:
            bar.update(position - bar.n)

        yield progress


def _checked(loaded: Loaded) -> list[str]:
    said = f"{loaded.accepted:,} postcodes would be loaded; nothing was changed."
    return [said, *_skipped(loaded), *_bad(loaded)]


def _loaded(loaded: Loaded) -> list[str]:
    changes = f"{loaded.added:,} new, {loaded.changed:,} changed, {loaded.removed:,} gone"
    said = f"{loaded.accepted:,} postcodes are loaded: {changes}."
    return [said, *_skipped(loaded), *_bad(loaded)]


def _skipped(loaded: Loaded) -> list[str]:
    skipped = loaded.rejections.skipped
    return [f"{skipped:,} outside Great Britain skipped."] if skipped else []


def _bad(loaded: Loaded) -> list[str]:
    counts, examples = loaded.rejections.counts, loaded.rejections.examples
    if not counts:
        return []
    reasons = "; ".join(f"{reason}: {count:,}" for reason, count in counts.most_common())
    rows = [f"line {bad.row}: {bad.postcode!r}, {bad.reason}" for bad in examples]
    total = f"{counts.total():,} row{'' if counts.total() == 1 else 's'} rejected"
    return [f"{total} ({reasons})", *listed(rows, counts.total())]


def _json(loaded: Loaded, dry_run: bool) -> dict[str, Any]:
    return {
        "status": "checked" if dry_run else "loaded",
        **summary(loaded),
        "reasons": dict(loaded.rejections.counts),
        "rejected_rows": [bad._asdict() for bad in loaded.rejections.examples],
    }
