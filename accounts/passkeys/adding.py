"""Adding a passkey to an account."""

from functools import partial
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa import signals
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.flows import auto_generate_recovery_codes
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.config import MAX_PASSKEYS
from accounts.models import User
from accounts.second_factor import has_second_factor

LONGEST_NAME = 60


def passkeys_of(user: User) -> QuerySet[Authenticator]:
    """Someone's passkeys, oldest first."""
    found = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return found.order_by("id")


class TooManyPasskeys(ValueError):
    """Says how many are kept, and the way out."""

    def __init__(self, most: int) -> None:
        super().__init__(
            f"You have {most} passkeys, the most that we keep. Remove one that you no longer use"
        )


@transaction.atomic
def add_passkey(*, request: HttpRequest, user: User, name: str, credential: dict[str, Any]) -> bool:
    """Store what a browser made for `user`, who is told by mail; whether recovery codes were made.

    They are for who could not sign in without it. allauth's signal ends the other sessions
    (`accounts.second_factor`) and writes the audit log (`accounts.audit_signals`). Raises
    TooManyPasskeys.
    """
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user.pk)
    if passkeys_of(user).count() >= MAX_PASSKEYS.value():
        raise TooManyPasskeys(MAX_PASSKEYS.value())
    passkey = WebAuthn.add(user, name, credential).instance
    sent = {"sender": Authenticator, "request": request, "user": user, "authenticator": passkey}
    signals.authenticator_added.send(**sent)
    adapter = get_adapter(request)
    adapter.add_message(request, messages.SUCCESS, "mfa/messages/webauthn_added.txt")
    transaction.on_commit(partial(adapter.send_notification_mail, "mfa/email/webauthn_added", user))
    return has_second_factor(user) and bool(auto_generate_recovery_codes(request))
