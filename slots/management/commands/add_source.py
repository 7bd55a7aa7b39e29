"""`add_source`: a new source, which says which slots are open."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from audit.management.reporting import JsonCommand
from slots.sources import SourceExistsError, add_source

EXAMPLE = """examples:
  manage.py add_source northern
  manage.py add_source southern --url https://feed.example.org/batch.json --every 300
"""


class Command(JsonCommand):
    """Add a source."""

    help = "Adds a source: it posts (see feed_token), or is polled when a URL is given."
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """A name is enough for a source that posts."""
        super().add_arguments(parser)
        parser.add_argument("name", help="up to 100 letters, digits, - and _")
        parser.add_argument("--url", help="https address of a batch, which is then polled")
        parser.add_argument("--every", type=int, metavar="SECONDS", help="how often (300)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add it, or say in one sentence why not."""
        try:
            source = add_source(
                name=options["name"],
                url=options["url"],
                poll_interval_seconds=options["every"],
                actor=None,
            )
        except SourceExistsError as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        answer = {"source": source.name, "url": source.url}
        said = f"{source.name} is a source now."
        self.stdout.write(json.dumps(answer) if options["json"] else said)
