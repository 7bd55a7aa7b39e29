"""`document_schema`: generate docs/schema.sql and docs/sql/, or say which of them are stale."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from audit.management.reporting import ExampleCommand
from dvsa_alerts.dev import schema_documents


class Command(ExampleCommand):
    """Write the schema's documents, or check them."""

    help = "Writes docs/schema.sql and docs/sql/ from the migrations of a migrated database."
    example = "example:\n  ./dev manage document_schema"
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        """`--check` changes nothing."""
        parser.add_argument(
            "--check", action="store_true", help="change nothing; exit 1 when any file is stale"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or check."""
        folder = settings.BASE_DIR / "docs"
        if options["check"]:
            return self._check(schema_documents.stale(folder))
        count = schema_documents.write(folder)
        self.stdout.write(f"{count} files under docs/")
        return None

    def _check(self, stale: list[str]) -> None:
        if stale:
            raise CommandError(
                f"stale: {', '.join(f'docs/{name}' for name in stale)}; "
                "run ./dev manage document_schema"
            )
        self.stdout.write("docs/schema.sql and docs/sql/ are up to date")
