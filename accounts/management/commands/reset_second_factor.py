"""`reset_second_factor`: for someone who lost the app, the key and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from accounts.models import User
from accounts.second_factor import reset_second_factor
from audit.management.reporting import JsonCommand

EXAMPLE = """example:
  manage.py reset_second_factor ada@example.org
Be sure of who asks: see them, or call a number that you knew before.
"""


class Command(JsonCommand):
    """Take a person's passkeys and second factors; staff enrol another at their next sign-in."""

    help = "Takes a person's passkeys, second factors and recovery codes, and signs them out."
    example = EXAMPLE

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Whose."""
        super().add_arguments(parser)
        parser.add_argument("email", help="what they sign in with")

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit 1 for someone who isn't there."""
        user = User.objects.with_address(options["email"]).first()
        if user is None:
            raise CommandError(f"Nobody signs in with {options['email']}.")
        done = reset_second_factor(user=user, actor=None)
        said = "has no passkey or second factor now" if done else "had no passkey or second factor"
        self.report({"user": user.pk, "reset": done}, [f"{user} {said}."], as_json=options["json"])
