"""`dev_mail`: takes the site's mail in development and keeps it for /dev/mail/."""

import asyncio
from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from audit.management.reporting import ExampleCommand
from dvsa_alerts.dev.mail.sink import serve


class Command(ExampleCommand):
    """Run the sink until interrupted."""

    help = "Takes mail on a local port, delivers it to nobody, and keeps it for /dev/mail/."
    example = "example:\n  manage.py dev_mail --port 2525 --dir /tmp/mail"
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to listen and where to keep."""
        parser.add_argument("--port", type=int, required=True, help="on 127.0.0.1; 0: a free one")
        parser.add_argument(
            "--dir", default=settings.DEV_MAIL_DIR, help="where to keep; default: DEV_MAIL_DIR"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Listen; a port that is taken ends it with a sentence."""
        if not options["dir"]:
            raise CommandError("Say where to keep the mail: --dir, or DEV_MAIL_DIR.")
        try:
            with suppress(KeyboardInterrupt):
                asyncio.run(serve(Path(options["dir"]), port=options["port"], ready=self._ready))
        except OSError as error:
            raise CommandError(f"Port {options['port']} can't be had: {error.strerror}") from error

    def _ready(self, port: int) -> None:
        self.stdout.write(f"taking mail on 127.0.0.1:{port}")
        self.stdout.flush()
