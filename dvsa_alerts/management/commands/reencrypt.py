"""`reencrypt`: after a change of SECRET_KEY, so that the one before can be taken away."""

from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import CommandError
from django.db import transaction

from accounts import second_factor
from alerts import webhooks
from audit.management.reporting import JsonCommand

EXAMPLE = """example:
  SECRET_KEY=new SECRET_KEY_FALLBACKS=old manage.py reencrypt
Then take the old one out of SECRET_KEY_FALLBACKS; anyone still signed in by it signs in again.
"""


class Command(JsonCommand):
    """Encrypt second factors and webhooks' secrets by the present key."""

    help = (
        "Encrypts the secrets of second factors and webhooks by SECRET_KEY; reads "
        "SECRET_KEY_FALLBACKS too."
    )
    example = EXAMPLE

    def handle(self, *args: Any, **options: Any) -> None:
        """All or none."""
        try:
            factors, hooks = _reencrypt()
        except InvalidToken as error:
            raise CommandError(
                "A second factor or a webhook was encrypted by a key that is in neither "
                "SECRET_KEY nor SECRET_KEY_FALLBACKS; nothing was changed."
            ) from error
        said = (
            f"{factors} second factors and lists of recovery codes and {hooks} webhooks are "
            "encrypted by SECRET_KEY."
        )
        answer = {"reencrypted": factors, "webhooks": hooks}
        self.report(answer, [said], as_json=options["json"])


@transaction.atomic
def _reencrypt() -> tuple[int, int]:
    return second_factor.reencrypt(), webhooks.reencrypt()
