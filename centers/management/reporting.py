"""What these commands have in common: help, one JSON object, exit codes."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from centers.files import BadFile

ROWS_REJECTED = 3
LISTED = 20


class ReportingCommand(BaseCommand):
    """A command with an example, `--json`, and exit 1 for what is refused as a whole."""

    example = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example's line breaks."""
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        epilog = f"example:\n  {self.example}"
        return super().create_parser(prog_name, subcommand, epilog=epilog, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What all of them take."""
        parser.add_argument("--json", action="store_true", help="answer one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the work; refuse a bad file in one sentence, with nothing changed."""
        try:
            answer, said, rejected = self.answer(**options)
        except BadFile as error:
            if options["json"]:
                self.stdout.write(json.dumps({"status": "refused", "reason": str(error)}))
            raise CommandError(
                f"{options['file']}: {error}" if "file" in options else str(error)
            ) from error
        self.stdout.write(json.dumps(answer) if options["json"] else "\n".join(said))
        if rejected:
            sys.exit(ROWS_REJECTED)

    def answer(self, **options: Any) -> tuple[dict[str, Any], Iterable[str], bool]:
        """The JSON object, the lines of the plain summary, and whether any row was rejected."""
        raise NotImplementedError


def listed(lines: list[str], total: int) -> list[str]:
    """The first lines, indented, and how many more there are."""
    more = [f"  … and {total - LISTED:,} more"] if total > LISTED else []
    return [f"  {line}" for line in lines[:LISTED]] + more
