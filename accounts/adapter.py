"""What allauth asks of us: our words in its mails and errors, and mail by our outbox."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.utils import passthrough_next_redirect_url
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from accounts.addresses import check_plain
from accounts.limits.devices import remember
from accounts.limits.tries import NO_ADDRESS, PASSWORDS, begin_try
from accounts.mail.compose import as_html
from accounts.mail.outbox import queue_mail
from accounts.models import User
from accounts.second_factor import has_second_factor
from audit.addresses import client_address

# What a mail of ours is good for where it says no code.
LINK, NOTICE = timedelta(hours=1), timedelta(days=1)
# How someone who is signed in may prove again who they are, as allauth names it.
WAYS = {
    "reauthenticate": "Use your password",
    "reauthenticate_by_code": "Email me a code",
    "mfa_reauthenticate": "Use your authenticator app or a recovery code",
    "mfa_reauthenticate:webauthn": "Use your passkey",
}
# The others tell of a change that was made.
AWAITED = frozenset(
    f"account/email/{name}"
    for name in (
        "email_confirmation", "email_confirmation_signup", "account_already_exists",
        "login_code", "mail_again", "password_reset_key", "unknown_account",
    )
)  # fmt: skip


class AccountAdapter(DefaultAccountAdapter):
    """Addresses in lower case, mails in text and HTML, and no page that waits for a mail server."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is switched off.",
        "email_password_mismatch": "The email address or the password is wrong. Check both, or "
        "leave the password empty to get a code by email",
        "email_taken": "Someone uses this email address already. Sign in instead",
        "enter_current_password": "This is not your current password",
        "incorrect_code": "This code is wrong. Use the newest mail from us, or ask for a new code",
        "incorrect_password": "This is not your password",
        "invalid_password_reset": "This link has been used or is too old. Ask for a new one",
        "rate_limited": "Too many tries. Wait a minute, then try again",
        "same_as_current": "This is the address that you use already",
    }

    def clean_email(self, email: str) -> str:
        """One spelling of each address, and none that the database would refuse."""
        cleaned = str(super().clean_email(email))
        check_plain(cleaned)
        return cleaned.lower()

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that rate limits count by; see `audit.addresses`."""
        return client_address(request) or NO_ADDRESS

    def get_reauthentication_methods(self, user: Any) -> list[dict[str, Any]]:
        """What proves that it is still them: the second factor itself where there is one."""
        methods = super().get_reauthentication_methods(user)
        of_factors = [each for each in methods if each["id"].startswith("mfa_reauthenticate")]
        others = [each for each in methods if each not in of_factors]
        # The last of allauth's is the passkey, which is the shortest.
        usable = of_factors[::-1] + ([] if has_second_factor(user) else others)
        return [each | {"description": WAYS[each["id"]]} for each in usable]

    def get_login_stages(self) -> list[str]:
        """allauth's, with our answer to whom a second factor is asked of."""
        ours = {"allauth.mfa.stages.AuthenticateStage": "accounts.second_factor.SecondFactorStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The user whose password this is; TooManyTries after too many wrong ones."""
        attempt = begin_try(PASSWORDS, request, email=credentials.get("email", ""))
        user: AbstractBaseUser | None = super().authenticate(request, **credentials)
        if user is not None:
            attempt.take_back()
        return user

    def respond_email_verification_sent(self, request: HttpRequest, user: Any) -> HttpResponse:
        """To the code's page, which knows where someone came from if they have to begin again."""
        page = reverse("account_email_verification_sent")
        return HttpResponseRedirect(passthrough_next_redirect_url(request, page, "next"))

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """The browser is one of the user's from now on; see `limits.devices`."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember(request, response, user)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Put a mail into the outbox, which takes as long for any address."""
        site = {"request": self.request, "email": email}
        message = self.render_mail(template_prefix, email, site | context)
        html, _ = message.alternatives[0]
        awaited = template_prefix in AWAITED
        queue_mail(
            to=email, user=User.objects.with_address(email).first() or context.get("user"),
            kind=template_prefix.rpartition("/")[2], is_awaited=awaited,
            subject=str(message.subject), text=str(message.body), html=str(html),
            good_for=_good_for(context, awaited=awaited),
        )  # fmt: skip

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMultiAlternatives:
        """Text by the template, and the same words once more as HTML."""
        context = {"site_name": settings.SITE_NAME, "site_url": settings.SITE_URL} | context
        message = super().render_mail(template_prefix, email, context, headers)
        html = as_html(str(message.body), subject=message.subject, code=context.get("code"))
        message.attach_alternative(html, "text/html")
        return message


def _good_for(context: dict[str, Any], *, awaited: bool) -> timedelta:
    """A code that has expired is of no use, nor is a mail that says it."""
    if "code" in context:
        return timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
    return LINK if awaited else NOTICE
