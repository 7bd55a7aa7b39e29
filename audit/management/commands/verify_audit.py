"""`verify_audit`: walk the audit log's hash chain."""

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from audit.chain import Head, Verdict, verify
from audit.management.reporting import JsonCommand

EXAMPLE = """example:
  manage.py verify_audit --head 1204:9f86d081884c7d659a2feaa0c55ad015…
A head is logged at each sealing and stands in each backup's manifest.
"""


class Command(JsonCommand):
    """Walk the chain; exit 1 names the first broken entry."""

    help = "Walks the audit log's hash chain, oldest entry first."
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A head kept elsewhere shows that the newest entries are still there."""
        super().add_arguments(parser)
        parser.add_argument("--head", type=_head, help="NUMBER:HASH of a head kept elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        """Say what was found."""
        verdict = verify(known_head=options["head"])
        self.stdout.write(json.dumps(_answer(verdict)) if options["json"] else _sentence(verdict))
        if verdict.broken:
            sys.exit(1)


def _head(text: str) -> Head:
    try:
        return Head.parse(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not NUMBER:HASH") from error


def _answer(verdict: Verdict) -> dict[str, Any]:
    return {
        "checked": verdict.checked,
        "unsealed": verdict.unsealed,
        "head": str(verdict.head),
        "broken": verdict.broken,
        "start": str(verdict.start),
    }


def _sentence(verdict: Verdict) -> str:
    if verdict.broken:
        return f"BROKEN: {verdict.broken} ({verdict.checked} entries before it hold)"
    return f"{verdict.checked} entries hold, {verdict.unsealed} wait to be sealed; {verdict.head}"
