"""`import_slots`: take in batches from files."""

import io
import json
import os
import sys
from argparse import ArgumentParser
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import transaction
from tqdm import tqdm

from audit.management.reporting import JsonCommand
from slots.ingestion.batches import BadBatch, Batch, parse_csv, parse_json
from slots.ingestion.ingest import Outcome, read_and_ingest
from slots.ingestion.outcomes import Status
from slots.models import Source
from slots.sources import UnknownSource, add_source, find_source

EXAMPLE = """examples:
  manage.py import_slots batch-0001.json batch-0002.json --source northern-feed
  manage.py import_slots cancellations.csv --source spreadsheet --create --dry-run
A CSV file has the columns center,test_type,date,time in any order and adds to what is open; a
JSON batch that is complete also closes what it no longer lists. Exit 0: all taken in. 1: a file
was refused, held or out of date, and those after it were left; or there is no such source. 3:
some rows were rejected.
"""
REFUSED = {Status.REFUSED, Status.HELD, Status.STALE}
EXIT_REFUSED, EXIT_USAGE, EXIT_ROWS_REJECTED = 1, 2, 3


class Command(JsonCommand):
    """Import files of one source, in order."""

    help = "Takes in batches of slots from JSON or CSV files of one source."
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files and whose they are."""
        super().add_arguments(parser)
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--source", required=True, metavar="NAME", help="who says so")
        parser.add_argument(
            "--create", action="store_true", help="make the source if there is none"
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be, and change nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Import, answer, and exit as the outcome asks."""
        with transaction.atomic() if options["dry_run"] else nullcontext():
            outcomes = self._import_all(self._source(options), options["files"])
            if options["dry_run"]:
                transaction.set_rollback(True)
        if options["json"]:
            self.stdout.write(json.dumps({"files": [_answer(*each) for each in outcomes]}))
        else:
            self._say(outcomes, options)
        code = _exit_code([outcome for _, outcome in outcomes])
        if code:
            sys.exit(code)

    def _source(self, options: dict[str, Any]) -> Source:
        try:
            return find_source(options["source"])
        except UnknownSource as unknown:
            if options["create"]:
                return _made_source(options["source"])
            reason = f"{unknown} To make it, add --create."
            if options["json"]:
                refused = _refused(options["files"][0], reason)
                self.report({"files": [refused]}, [], as_json=True)
            raise CommandError(reason, returncode=EXIT_REFUSED) from unknown

    def _import_all(self, source: Source, files: list[Path]) -> list[tuple[Path, Outcome]]:
        """Each file's outcome, up to and with the first that is refused."""
        outcomes: list[tuple[Path, Outcome]] = []
        with tqdm(total=_size(files), unit="B", unit_scale=True, disable=None) as bar:
            for file in files:
                outcome = read_and_ingest(source=source, read=partial(_read, file, bar))
                outcomes.append((file, outcome))
                if outcome.status in REFUSED:
                    break
        return outcomes

    def _say(self, outcomes: list[tuple[Path, Outcome]], options: dict[str, Any]) -> None:
        for file, outcome in outcomes:
            self.stdout.write(_sentence(file, outcome))
            for rejected in outcome.rejected:
                self.stderr.write(f"{file.name}: row {rejected.row}: {rejected.reason}")
        left = len(options["files"]) - len(outcomes)
        if left:
            self.stderr.write(f"{left} further file{'s were' if left > 1 else ' was'} left.")
        if options["dry_run"]:
            self.stdout.write("Nothing was changed: this was a dry run.")


def _made_source(name: str) -> Source:
    try:
        return add_source(name=name, actor=None)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages), returncode=EXIT_USAGE) from error


class _Watched(io.FileIO):
    """A file that moves a progress bar as it is read."""

    def __init__(self, path: Path, bar: tqdm) -> None:
        super().__init__(path)
        self._bar = bar

    def readinto(self, buffer: Any, /) -> int | None:
        """Fill the buffer; see io.RawIOBase."""
        count = super().readinto(buffer)
        self._bar.update(count or 0)
        return count


def _size(files: list[Path]) -> int:
    return sum(os.path.getsize(file) for file in files if os.path.isfile(file))


def _read(file: Path, bar: tqdm) -> Batch:
    """JSON or CSV by the name's ending, else by the first sign. Raises BadBatch."""
    try:
        with io.BufferedReader(_Watched(file, bar)) as stream:
            return parse_json(stream) if _is_json(file, stream.peek(64)) else parse_csv(stream)
    except OSError as error:
        raise BadBatch(f"it can't be read: {error.strerror}") from None


def _is_json(file: Path, start: bytes) -> bool:
    if file.suffix.lower() in {".json", ".csv"}:
        return file.suffix.lower() == ".json"
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in {b"{", b"["}


def _refused(file: Path, reason: str) -> dict[str, Any]:
    """The answer for a file that was not even opened."""
    refused = Outcome(batch=0, status=Status.REFUSED, reason=reason)
    return _answer(file, refused) | {"batch": None}


def _answer(file: Path, outcome: Outcome) -> dict[str, Any]:
    return {"file": str(file)} | outcome.as_json()


def _sentence(file: Path, outcome: Outcome) -> str:
    counts = (
        f"{outcome.opened} opened, {outcome.closed} closed, {outcome.unchanged} unchanged, "
        f"{outcome.past} past, {len(outcome.rejected)} rejected"
    )
    reason = f" ({outcome.reason})" if outcome.reason else ""
    return f"{file.name}: {outcome.status}{reason}: {counts}"


def _exit_code(outcomes: list[Outcome]) -> int:
    if any(outcome.status in REFUSED for outcome in outcomes):
        return EXIT_REFUSED
    return EXIT_ROWS_REJECTED if any(outcome.rejected for outcome in outcomes) else 0
