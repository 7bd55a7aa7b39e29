"""allauth's forms with our labels and hints, and without placeholders in their fields."""

from collections.abc import Callable
from typing import Any

from allauth.account import forms as account
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp.forms import ActivateTOTPForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse

from accounts.addresses import check_address, check_plain
from accounts.limits.tries import CODES, RESETS, begin_try
from accounts.models import User

PASSWORD_HINT = "Three unusual words are hard to guess and easy to remember"  # noqa: S105


# What a field says when it is empty or not what it should be, by its name.
ERRORS = {
    "email": "Enter an e-mail address, such as name@example.org",
    "login": "Enter the e-mail address that you signed up with",
    "password": "Enter your password",
    "oldpassword": "Enter your present password",
    "password1": "Choose a password",
    "password2": "Enter the new password once more",
    "code": "Enter the code",
}


class Words:
    """Mixin: labels, hints and errors by the field's name, and what an address may be."""

    labels: dict[str, str] = {}  # noqa: RUF012 - each form has its own
    hints: dict[str, str] = {}  # noqa: RUF012
    check_email: Callable[[str], None] = staticmethod(check_address)
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Put our words in the place of allauth's."""
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")
            if name in ERRORS:
                field.error_messages |= dict.fromkeys(("required", "invalid"), ERRORS[name])
            field.widget.attrs.pop("placeholder", None)
            if isinstance(field, forms.EmailField):
                # allauth lowers the case afterwards, which makes ASCII of some other letters.
                field.validators = [self.check_email]


class SignUpForm(Words, account.SignupForm):
    """A new account."""

    labels = {"email": "E-mail address", "password1": "Choose a password"}  # noqa: RUF012
    hints = {  # noqa: RUF012
        "email": "We send a code there, and later your alerts",
        "password1": PASSWORD_HINT,
    }

    def try_save(self, request: HttpRequest) -> tuple[Any, HttpResponse | None]:
        """Take as long for an address that is taken, so that nobody learns of it."""
        if self.account_already_exists:
            make_password(self.cleaned_data.get("password1"))
        return super().try_save(request)


class SignInForm(Words, account.LoginForm):
    """Signing in, with whatever address an account has."""

    labels = {"login": "E-mail address", "password": "Password"}  # noqa: RUF012
    check_email = staticmethod(check_plain)


class EmailForm(Words, account.AddEmailForm):
    """Another e-mail address."""

    labels = {"email": "New e-mail address"}  # noqa: RUF012
    hints = {"email": "We send a code there first"}  # noqa: RUF012


class PasswordForm(Words, account.ChangePasswordForm):
    """Another password."""

    labels = {  # noqa: RUF012
        "oldpassword": "Present password",
        "password1": "New password",
        "password2": "New password once more",
    }
    hints = {"password1": PASSWORD_HINT}  # noqa: RUF012


class ForgottenForm(Words, account.ResetPasswordForm):
    """Asking for a link that lets a new password be chosen."""

    labels = {"email": "E-mail address"}  # noqa: RUF012
    check_email = staticmethod(check_plain)

    def clean_email(self) -> str:
        """The address, unless mails have gone there too often."""
        begin_try(RESETS, context.request, email=self.cleaned_data["email"])
        return str(super().clean_email())


class NewPasswordForm(Words, account.ResetPasswordKeyForm):
    """A new password in the place of a forgotten one."""

    labels = {"password1": "New password", "password2": "New password once more"}  # noqa: RUF012
    hints = {"password1": PASSWORD_HINT}  # noqa: RUF012


class PasswordAgainForm(Words, account.ReauthenticateForm):
    """The password once more before something that matters."""

    labels = {"password": "Your password"}  # noqa: RUF012


class CodeForm(Words, account.ConfirmEmailVerificationCodeForm):
    """The code from the mail."""

    labels = {"code": "Code"}  # noqa: RUF012


class CodeByMailForm(Words, account.BaseConfirmCodeForm):
    """A code that shows that mail arrives; `code` is the right one."""

    labels = CodeForm.labels


class LimitedCode:
    """Mixin: wrong codes are counted; see `limits.tries`."""

    user: User

    def clean_code(self) -> str:
        """The code, if it is right and was not wrong too often."""
        attempt = begin_try(CODES, context.request, email=self.user.email)
        code = str(super().clean_code())  # type: ignore[misc]  # of the form that it is mixed into
        attempt.take_back()
        return code


class AppCodeForm(Words, LimitedCode, mfa.AuthenticateForm):
    """The second factor at sign-in."""

    labels = {"code": "Code from your app, or a recovery code"}  # noqa: RUF012


class AppCodeAgainForm(Words, LimitedCode, mfa.ReauthenticateForm):
    """The second factor once more before something that matters."""

    labels = AppCodeForm.labels


class AddAppForm(Words, ActivateTOTPForm):
    """The first code of a newly added authenticator app."""

    labels = {"code": "Code that the app shows"}  # noqa: RUF012
