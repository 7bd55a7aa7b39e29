"""allauth's forms with our labels and hints, and without placeholders in their fields."""

from collections.abc import Callable
from typing import Any

from allauth.account import forms as account
from allauth.core import context
from django import forms

from accounts.addresses import check_address, check_plain
from accounts.limits.tries import CODE_MAILS, RESETS, begin_try

PASSWORD_HINT = "Three unusual words are hard to guess and easy to remember"  # noqa: S105


# What a field says when it is empty or not what it should be, by its name.
ERRORS = {
    "email": "Enter an email address, such as name@example.org",
    "login": "Enter the email address that you signed up with",
    "password": "Enter your password",
    "oldpassword": "Enter your current password",
    "password1": "Choose a password",
    "code": "Enter the code",
}


# Each code is of digits: a phone shows its keypad, and offers one that has just come.
CODE_INPUT = {"inputmode": "numeric", "autocomplete": "one-time-code", "class": "input--short"}


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
            if name == "code":
                field.widget.attrs |= CODE_INPUT
            if isinstance(field, forms.EmailField):
                # allauth lowers the case afterwards, which makes ASCII of some other letters.
                field.validators = [self.check_email]


class CodeIsMailed:
    """Mixin of forms that have a code mailed to `email`."""

    cleaned_data: dict[str, Any]

    def clean_email(self) -> str:
        """The address, unless codes have gone there too often; sent or not, the mail counts."""
        begin_try(CODE_MAILS, context.request, email=self.cleaned_data["email"])
        return str(super().clean_email())  # type: ignore[misc]  # of the form it is mixed into


class AskedOnce:
    """Mixin of forms that ask for a new password: once, since a button shows what was typed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Without allauth's second field."""
        super().__init__(*args, **kwargs)
        del self.fields["password2"]  # type: ignore[attr-defined]  # of the form it is mixed into


class SignUpForm(Words, CodeIsMailed, account.SignupForm):
    """A new account."""

    labels = {"email": "Email address"}  # noqa: RUF012
    hints = {"email": "We’ll email you a code now, and your alerts later"}  # noqa: RUF012

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A second button asks for a passkey, where the browser can make one."""
        super().__init__(*args, **kwargs)
        self.by_passkey = "passkey" in self.data


class SignInForm(Words, account.LoginForm):
    """Signing in by a password, or without one by a code that is mailed."""

    labels = {"login": "Email address", "password": "Password"}  # noqa: RUF012
    hints = {"password": "Leave it empty, and we email you a code to sign in with"}  # noqa: RUF012
    check_email = staticmethod(check_plain)

    def _setup_password_field(self) -> None:
        """Keep it as a choice: allauth asks for one where sign-up does, else for none."""
        self.fields["password"].required = False

    def _clean_without_password(self, email: str, phone: None) -> dict[str, Any]:
        """Whether a code may be mailed, account or not."""
        begin_try(CODE_MAILS, context.request, email=email)
        cleaned: dict[str, Any] = super()._clean_without_password(email, phone)
        return cleaned


class EmailForm(Words, CodeIsMailed, account.AddEmailForm):
    """Another email address."""

    labels = {"email": "New email address"}  # noqa: RUF012
    hints = {"email": "We’ll email a code there first"}  # noqa: RUF012


class PasswordForm(Words, AskedOnce, account.ChangePasswordForm):
    """Another password."""

    labels = {"oldpassword": "Current password", "password1": "New password"}  # noqa: RUF012
    hints = {"password1": PASSWORD_HINT}  # noqa: RUF012


class FirstPasswordForm(Words, AskedOnce, account.SetPasswordForm):
    """A password for someone who has none."""

    labels = {"password1": "Password"}  # noqa: RUF012
    hints = {"password1": PASSWORD_HINT}  # noqa: RUF012


class ForgottenForm(Words, account.ResetPasswordForm):
    """Asking for a link that lets a new password be chosen."""

    labels = {"email": "Email address"}  # noqa: RUF012
    check_email = staticmethod(check_plain)

    def clean_email(self) -> str:
        """The address, unless mails have gone there too often."""
        begin_try(RESETS, context.request, email=self.cleaned_data["email"])
        return str(super().clean_email())


class NewPasswordForm(Words, AskedOnce, account.ResetPasswordKeyForm):
    """A new password in the place of a forgotten one."""

    labels = {"password1": "New password"}  # noqa: RUF012
    hints = {"password1": PASSWORD_HINT}  # noqa: RUF012


class PasswordAgainForm(Words, account.ReauthenticateForm):
    """The password once more before something that matters."""

    labels = {"password": "Your password"}  # noqa: RUF012
