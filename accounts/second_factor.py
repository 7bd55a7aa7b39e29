"""The second factor: who has one, which sessions have given one, and its secrets.

It is an authenticator app or, for staff, a passkey; to learners a passkey is one of the ways to
sign in, and asks for no other. Secrets are encrypted in the database, with keys that follow from
SECRET_KEY.
"""

from typing import Any

from allauth.account.internal.flows.login import (
    get_authentication_records,
    record_authentication,
)
from allauth.core import context
from allauth.mfa import signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseBase

from accounts.device_names import name_of_device
from accounts.encryption import cipher
from accounts.models import User
from accounts.sessions import drop_other_sessions, drop_sessions
from audit.trail import Actor, record

PURPOSE = b"second factor"
# Where allauth keeps what an app or a list of recovery codes is made of.
ENCRYPTED = {"secret", "seed"}


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's, with encryption at rest and our words."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": "This code is wrong. Enter the code that the app shows now",
        "unverified_email": "Confirm your new email address first, or keep the present one",
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """What a new passkey is called unless its owner says otherwise."""
        return name_of_device(context.request.headers.get("User-Agent", ""))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Whose passkey it is, as the browser shows it."""
        return super().get_public_key_credential_rp_entity() | {"name": settings.SITE_NAME}

    def get_totp_issuer(self) -> str:
        """What an authenticator app calls us."""
        return str(settings.SITE_NAME)

    def encrypt(self, text: str) -> str:
        """Encrypt a secret for storing."""
        return cipher(PURPOSE).encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Read a stored secret; raises cryptography.fernet.InvalidToken under another key."""
        return cipher(PURPOSE).decrypt(encrypted_text.encode()).decode()


class SecondFactorStage(AuthenticateStage):
    """The step of signing in that asks for it, of those who have one."""

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        """allauth's would ask everyone who has a passkey, however they sign in."""
        user = self.login.user
        if user is None or not has_second_factor(user):
            return None, True
        answer: tuple[HttpResponseBase | None, bool] = super().handle()
        return answer


def has_second_factor(user: User) -> bool:
    """Whether signing in takes a second factor, and proving again who one is takes that one."""
    passkeys = [Authenticator.Type.WEBAUTHN] if user.is_staff else []
    counting = [Authenticator.Type.TOTP, *passkeys]
    return Authenticator.objects.filter(user=user, type__in=counting).exists()


def has_given_second_factor(request: HttpRequest) -> bool:
    """Whether this session, and not only its person, has given a second factor."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records)


def ways_in(user: User) -> list[str]:
    """What someone signs in by, in words; a passkey by the name that they gave it."""
    kinds = {
        "webauthn": "passkey “{}”",
        "totp": "authenticator app",
        "recovery_codes": "recovery codes",
    }
    factors = Authenticator.objects.filter(user=user).order_by("id")
    own = [kinds[factor.type].format(factor) for factor in factors]
    return ["mailed code", *(["password"] if user.has_usable_password() else []), *own]


@transaction.atomic
def reset_second_factor(*, user: User, actor: Actor | None) -> bool:
    """Take the second factors, passkeys and recovery codes of someone who lost theirs.

    They are signed out; staff enrol another at their next sign-in. False where there are none.
    Be sure of who asks by other means.
    """
    lost = Authenticator.objects.filter(user=user)
    types = sorted(lost.values_list("type", flat=True))
    lost.delete()
    if types:
        ended = drop_sessions(user)
        record("user.second_factor_reset", actor=actor, subject=user, types=types, sessions=ended)
    return bool(types)


@transaction.atomic
def reencrypt() -> int:
    """Encrypt each stored secret by the present SECRET_KEY. Returns the number of factors.

    Raises cryptography.fernet.InvalidToken for one that neither it nor a fallback has written.
    """
    factors = Authenticator.objects.select_for_update().filter(data__has_any_keys=ENCRYPTED)
    for factor in factors:
        for name in ENCRYPTED & factor.data.keys():
            factor.data[name] = cipher(PURPOSE).rotate(factor.data[name].encode()).decode()
        factor.save(update_fields=["data"])
    return len(factors)


def connect() -> None:
    """Listen to allauth for factors that come and go."""
    signals.authenticator_added.connect(_start_over, dispatch_uid="second-factor")
    signals.authenticator_removed.connect(_start_over, dispatch_uid="second-factor")


def _start_over(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
    """End the other sessions, which gave what counted before; this one has just shown the new.

    Recovery codes come and go with the factor itself.
    """
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return
    drop_other_sessions(request)
    if authenticator.pk:
        kind = authenticator.type
        given = {"method": "mfa", "type": kind, "id": authenticator.pk, "reauthenticated": True}
        record_authentication(request, user, **given)
