"""`createsuperuser`: the first admin, whose email counts as verified."""

import getpass
import json
import os
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.db import IntegrityError

from accounts.staffing import make_admin
from audit.management.reporting import JsonCommand

EXAMPLE = """example:
  manage.py createsuperuser --email ada@example.org
The password is asked for, or taken from DJANGO_SUPERUSER_PASSWORD, or read from standard input.
"""


class Command(JsonCommand):
    """Make an admin."""

    help = (
        "Makes an admin who may sign in at once (a second factor is set up at the first sign-in)."
    )
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The email is all that has to be said."""
        super().add_arguments(parser)
        parser.add_argument("--email", required=True, help="what the admin signs in with")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the admin, or say in one sentence why not."""
        try:
            user = make_admin(email=options["email"], password=_password(), actor=None)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except IntegrityError as error:
            raise CommandError(f"Somebody signs in with {options['email']} already.") from error
        answer = {"user": user.pk, "email": user.email}
        said = f"{user.email} is an admin and may sign in."
        self.stdout.write(json.dumps(answer) if options["json"] else said)


def _password() -> str:
    """From the environment, else asked twice at a terminal, else a line of standard input."""
    given = os.environ.get("DJANGO_SUPERUSER_PASSWORD")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if first != getpass.getpass("Password again: "):
        raise CommandError("The two passwords differ; nothing was made.")
    return first
