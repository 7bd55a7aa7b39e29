"""allauth's forms for codes, from a mail or an app: with our words, and each try counted."""

from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms

from accounts.forms import Words
from accounts.limits.tries import CODE_MAILS, CODES, MAILED_CODES, Tries, begin_try
from accounts.models import User


class LimitedCode:
    """Mixin: wrong codes are counted; see `limits.tries`."""

    tries: Tries = CODES
    user: User

    def whose(self) -> str:
        """The address of the account that the code is for."""
        return self.user.email

    def clean_code(self) -> str:
        """The code, if it is right and was not wrong too often."""
        attempt = begin_try(self.tries, context.request, email=self.whose())
        code = str(super().clean_code())  # type: ignore[misc]  # of the form that it is mixed into
        attempt.take_back()
        return code


class MailedCode(Words, LimitedCode):
    """Mixin: a code from a mail to `email`, which need not have an account."""

    labels = {"code": "Code"}  # noqa: RUF012
    tries = MAILED_CODES
    email: str

    def whose(self) -> str:
        """Where it was mailed."""
        return self.email


class SignUpCodeForm(MailedCode, account.ConfirmEmailVerificationCodeForm):
    """The code that a new account's address, or a new address, gets."""


class SignInCodeForm(MailedCode, account.ConfirmLoginCodeForm):
    """The code to sign in with."""

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        """For a code that was mailed to `email`."""
        self.email = email
        super().__init__(*args, **kwargs)


class CodeAgainForm(SignInCodeForm):
    """The code that shows that it is still them."""


class AskCodeForm(forms.Form):
    """Asking for such a code: it goes to the address that they sign in with."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        """For someone who is signed in."""
        self.user = user
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Their address, unless codes have gone there too often."""
        begin_try(CODE_MAILS, context.request, email=self.user.email)
        return {"email": self.user.email}


class CodeByMailForm(Words, account.BaseConfirmCodeForm):
    """A code that shows that mail arrives; `code` is the right one."""

    labels = MailedCode.labels


class AppCodeForm(Words, LimitedCode, mfa.AuthenticateForm):
    """The second factor at sign-in."""

    labels = {"code": "Code from your app, or a recovery code"}  # noqa: RUF012


class AppCodeAgainForm(Words, LimitedCode, mfa.ReauthenticateForm):
    """The second factor once more before something that matters."""

    labels = AppCodeForm.labels


class AddAppForm(Words, ActivateTOTPForm):
    """The first code of a newly added authenticator app."""

    labels = {"code": "Code that the app shows"}  # noqa: RUF012
