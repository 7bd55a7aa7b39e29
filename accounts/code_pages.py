"""The pages that ask for a code from a mail: they look the same whether an account is there or not.

allauth's, but that mailing again is limited as asking for the first code is, and also mails where
there is no code to send.
"""

from typing import Any
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows._authenticate_by_code import (
    BaseConfirmAuthenticationCodeProcess,
)
from allauth.account.internal.flows.email_verification_by_code import (
    EMAIL_VERIFICATION_CODE_SESSION_KEY,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.flows.signup import send_unknown_account_mail
from allauth.account.stages import EmailVerificationStage, LoginStageController
from allauth.account.views import (
    ConfirmEmailVerificationCodeView,
    ConfirmLoginCodeView,
    ConfirmReauthenticationCodeView,
    RequestReauthenticationCodeView,
)
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from accounts.code_forms import AskCodeForm
from accounts.limits.tries import CODE_MAILS, TooManyTries, begin_try
from accounts.mail.troubles import tell_of_trouble
from accounts.models import User
from audit.trail import record


def may_mail_code(request: HttpRequest, *, email: str) -> bool:
    """Whether another code may be mailed there, which counts; else the next page says why not."""
    try:
        begin_try(CODE_MAILS, request, email=email)
    except TooManyTries as refused:
        messages.error(request, str(refused.message))
        return False
    return True


class SignUpCodeView(ConfirmEmailVerificationCodeView):
    """The code of a new account, or of an account's new address; the mail's link fills it in."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Forget a sign-up that was let go of; allauth would where the address is free alone."""
        if request.user.is_anonymous and not _is_pending(request):
            request.session.pop(EMAIL_VERIFICATION_CODE_SESSION_KEY, None)
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        """The code that the link brought: nothing happens before someone presses Continue."""
        initial: dict[str, Any] = super().get_initial()
        return initial | {"code": self.request.GET.get("code", "")}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for it, and say what keeps its mail."""
        tell_of_trouble(request, email=self._process.email)
        response: HttpResponse = super().get(request, *args, **kwargs)
        return response

    def way_on(self, user: User, url: str) -> str:
        """Where someone who has just been let in goes, having come from `url`."""
        return url

    def _verify_form_valid(self, form: Form) -> HttpResponse:
        """Let someone in; who signed up by passkey makes it before they go on."""
        if self.stage is None:  # another address of someone who is in
            return super()._verify_form_valid(form)
        login = self.stage.login
        by_passkey = login.state.get("passkey_signup", False)
        # A passkey is added with proof of a moment ago, which this code is.
        given = {"method": "code", "email": self._process.email, "reauthenticated": by_passkey}
        record_authentication(self.request, login.user, **given)
        response: HttpResponse = super()._verify_form_valid(form)
        user = self.request.user
        if isinstance(user, User):
            url = self.way_on(user, response.headers["Location"])
            response.headers["Location"] = _to_passkey(url) if by_passkey else url
        return response

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        process = self._process
        if not may_mail_code(self.request, email=process.email):
            return HttpResponseRedirect(self.passthrough_next_url(self.request.path))
        response = super()._resend_form_valid(form)
        if not process.user and getattr(process, "did_send", False):
            get_adapter().send_account_already_exists_mail(process.email)
        return response


def _is_pending(request: HttpRequest) -> bool:
    return LoginStageController.enter(request, EmailVerificationStage.key) is not None


def _to_passkey(url: str) -> str:
    return f"{reverse('mfa_add_webauthn')}?{urlencode({'next': url})}"


class MailedCodeView:
    """Mixin: a code that was mailed to someone who says that they have an account."""

    request: HttpRequest
    _process: BaseConfirmAuthenticationCodeProcess

    @property
    def _email(self) -> str:
        return str(self._process.state["email"])

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask for it, and say what keeps its mail."""
        tell_of_trouble(request, email=self._email)
        response: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[misc]
        return response

    def get_form_kwargs(self) -> dict[str, Any]:
        """Besides the code, for whom it is."""
        kwargs: dict[str, Any] = super().get_form_kwargs()  # type: ignore[misc]
        return kwargs | ({"email": self._email} if "code" in kwargs else {})

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        if not may_mail_code(self.request, email=self._email):
            return HttpResponseRedirect(self.passthrough_next_url(self.request.path))  # type: ignore[attr-defined]
        response: HttpResponse = super()._resend_form_valid(form)  # type: ignore[misc]
        if not self._process.user:
            send_unknown_account_mail(self.request, self._email)
        return response

    def form_invalid(self, form: Form) -> HttpResponse:
        """Write the wrong code down, as a wrong password is."""
        record("user.sign_in_failed", actor=None, subject=self._process.user)
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        return response


class SignInCodeView(MailedCodeView, ConfirmLoginCodeView):
    """The code to sign in with."""


class AskCodeAgainView(RequestReauthenticationCodeView):
    """Asking for a code that shows that it is still them."""

    form_class = AskCodeForm


class CodeAgainView(MailedCodeView, ConfirmReauthenticationCodeView):
    """The code that shows that it is still them."""
