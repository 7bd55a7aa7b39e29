"""What our commands have in common: an example below the help, one JSON object, exit codes."""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.management.base import BaseCommand, CommandError

ROWS_REJECTED = 3
LISTED = 20


class ExampleCommand(BaseCommand):
    """A command whose help ends with an example, line breaks and all."""

    example: ClassVar[str] = ""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Keep the example's line breaks."""
        kwargs["formatter_class"] = RawDescriptionHelpFormatter
        return super().create_parser(prog_name, subcommand, epilog=self.example, **kwargs)


class JsonCommand(ExampleCommand):
    """A command that takes `--json`: one JSON object in place of what people read.

    What it refuses, and words that it doesn't take, are one too.
    """

    _has_answered = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """A parser that says what is wrong with the words as JSON too."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        end = parser.error

        def error(message: str) -> None:
            if "--json" in sys.argv:
                self.report({"status": "usage", "reason": message}, [], as_json=True)
            end(message)

        parser.error = error
        return parser

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Do the work, and say a refusal as JSON too, unless the command has done so itself."""
        self._has_answered = False
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if options.get("json") and not self._has_answered:
                self.report({"status": "refused", "reason": str(error)}, [], as_json=True)
            raise

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What all of them take."""
        parser.add_argument("--json", action="store_true", help="answer one JSON object")

    def report(self, answer: dict[str, Any], said: Iterable[str], *, as_json: bool) -> None:
        """The one or the other, at once even into a pipe."""
        self.stdout.write(json.dumps(answer, default=str) if as_json else "\n".join(said))
        self.stdout.flush()
        self._has_answered = True


class ReportingCommand(JsonCommand):
    """A command that does its work in `answer`; exit 1 for what is refused as a whole."""

    # Their text is one sentence that says why nothing was done.
    refusals: ClassVar[tuple[type[Exception], ...]] = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the work; a refusal is one sentence, with nothing changed."""
        try:
            answer, said, rejected = self.answer(**options)
        except self.refusals as error:
            if options["json"]:
                self.report({"status": "refused", "reason": str(error)}, [], as_json=True)
            file = options.get("file")
            raise CommandError(f"{file}: {error}" if file else str(error)) from error
        self.report(answer, said, as_json=options["json"])
        if rejected:
            sys.exit(ROWS_REJECTED)

    def answer(self, **options: Any) -> tuple[dict[str, Any], Iterable[str], bool]:
        """The JSON object, the lines of the plain summary, and whether any row was rejected."""
        raise NotImplementedError


def listed(lines: list[str], total: int) -> list[str]:
    """The first lines, indented, and how many more there are."""
    more = [f"  … and {total - LISTED:,} more"] if total > LISTED else []
    return [f"  {line}" for line in lines[:LISTED]] + more
