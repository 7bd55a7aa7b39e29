"""`send_test_mail`: whether mail leaves, and what the server says of it."""

import sys
from argparse import ArgumentParser
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.management.base import CommandError

from accounts.mail.headers import message_id
from accounts.mail.results import Accepted, Result
from accounts.mail.smtp import Mail, mailer, seal
from audit.management.reporting import JsonCommand

EXAMPLE = """example:
  manage.py send_test_mail you@example.org
Exit 1: the server did not accept it, and its words say why.
"""
TEXT = "This mail shows that {site} can send mail. You need do nothing."
SECONDS = 30.0


class Command(JsonCommand):
    """Send one mail at once, past the outbox, by the server that EMAIL_URL names."""

    help = "Sends one mail to an address at once, and says what the mail server answered."
    example = EXAMPLE
    # Mail may be tried before the database is there.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Where to."""
        super().add_arguments(parser)
        parser.add_argument("address", help="whom to send it to")

    def handle(self, *args: Any, **options: Any) -> None:
        """Send it; exit 1 if it was not accepted."""
        address = options["address"]
        result = _send(address)
        accepted = isinstance(result, Accepted)
        words = result.words if isinstance(result, Accepted) else result.error
        server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
        did = "accepted" if accepted else "did not accept"
        answer = {"server": server, "to": address, "accepted": accepted, "said": words}
        said = [f"{server} {did} a mail to {address}: {words}"]
        self.report(answer, said, as_json=options["json"])
        if not accepted:
            sys.exit(1)


def _send(address: str) -> Result:
    text = TEXT.format(site=settings.SITE_NAME)
    mail = Mail(
        to=address, subject=f"A test mail from {settings.SITE_NAME}", text=f"{text}\n",
        html=f"<p>{text}</p>", message_id=message_id(uuid4()),
    )  # fmt: skip
    try:
        envelope = seal(mail)
    except ValueError as error:
        raise CommandError(f"{address} can't be an email address: {error}") from error
    return mailer().send(envelope, seconds=SECONDS)
