"""allauth's forms for passkeys, which take whatever a stranger posts for what it is."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn import forms as webauthn
from cryptography.exceptions import UnsupportedAlgorithm
from django import forms
from django.core.exceptions import ValidationError

from accounts.forms import Words
from accounts.passkeys.adding import LONGEST_NAME

NOT_USED = "This passkey didn’t work here. Try again, or go on another way"
NOT_ADDED = "The passkey was not added. Try again"
# With the certificates of a maker's attestation; without them it is under one kilobyte.
LONGEST = 20_000
# What fido2 and what it stands on raise when they read what is no such thing.
UNREADABLE = (
    ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, UnsupportedAlgorithm,
    ValueError, struct.error,
)  # fmt: skip


@contextmanager
def refusing(words: str) -> Iterator[None]:
    """Say these words of a passkey that is none, or not the one that was asked for."""
    try:
        yield
    except (ValidationError, *UNREADABLE) as error:
        raise ValidationError(words, code="passkey") from error


class CredentialField(forms.JSONField):
    """What the browser says of a passkey; a script fills it in."""

    widget = forms.HiddenInput
    default_error_messages = {"required": NOT_USED, "invalid": NOT_USED}  # noqa: RUF012

    def to_python(self, value: Any) -> Any:
        """A JSON object that is no longer than one is."""
        if isinstance(value, str) and len(value) > LONGEST:
            raise ValidationError(NOT_USED, code="invalid")
        with refusing(NOT_USED):  # one that is nested too deeply, too
            found = super().to_python(value)
        if found is not None and not isinstance(found, dict):
            raise ValidationError(NOT_USED, code="invalid")
        return found


class UsesPasskey(forms.Form):
    """Mixin of the forms that take the proof of a passkey."""

    credential = CredentialField()

    def clean_credential(self) -> Authenticator:
        """The passkey that was used."""
        with refusing(NOT_USED):
            used: Authenticator = super().clean_credential()  # type: ignore[misc]
            return used


class SignInByPasskeyForm(UsesPasskey, webauthn.LoginWebAuthnForm):
    """A passkey instead of all else."""


class PasskeyStepForm(UsesPasskey, webauthn.AuthenticateWebAuthnForm):
    """A passkey as the second factor at sign-in."""


class PasskeyAgainForm(UsesPasskey, webauthn.ReauthenticateWebAuthnForm):
    """A passkey before something that matters."""


class AddPasskeyForm(Words, webauthn.SignupWebAuthnForm):
    """A new passkey of `user`."""

    labels = {"name": "Name"}  # noqa: RUF012
    hints = {"name": "So that you know it again, if you have several"}  # noqa: RUF012
    name = forms.CharField(required=False, max_length=LONGEST_NAME)
    credential = CredentialField()
    labels_say_optional = False

    def clean(self) -> dict[str, Any]:
        """One that the browser has just made for us."""
        with refusing(NOT_ADDED):
            cleaned: dict[str, Any] = super().clean()
            return cleaned


class RenamePasskeyForm(Words, webauthn.EditWebAuthnForm):
    """Another name for a passkey."""

    labels = {"name": "Name"}  # noqa: RUF012
    name = forms.CharField(
        max_length=LONGEST_NAME, error_messages={"required": "Enter a name for the passkey"}
    )
