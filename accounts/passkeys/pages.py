"""The pages that make and use passkeys; allauth's others, which list, rename and remove, do."""

from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.account.mixins import NextRedirectMixin
from allauth.account.utils import passthrough_next_redirect_url
from allauth.core.internal.httpkit import authenticated_user
from allauth.mfa.internal.flows.add import redirect_if_add_not_allowed
from allauth.mfa.webauthn.internal.auth import begin_registration
from allauth.mfa.webauthn.views import LoginWebAuthnView, ReauthenticateWebAuthnView
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views.generic.edit import FormView

from accounts.passkeys.adding import TooManyPasskeys, add_passkey
from accounts.passkeys.forms import AddPasskeyForm
from accounts.staffing import acting_user


@method_decorator(redirect_if_add_not_allowed, name="dispatch")
@method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")
class AddPasskeyView(NextRedirectMixin, FormView):
    """Each is one that can sign in by itself (discoverable, and unlocked by its owner)."""

    form_class = AddPasskeyForm
    template_name = "mfa/webauthn/add_form.html"
    made_codes = False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Besides the form, what the browser has to make, and where one goes without."""
        options = begin_registration(authenticated_user(self.request), passwordless=True)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"options": options, "way_on": self.get_success_url()}

    def get_form_kwargs(self) -> dict[str, Any]:
        """Whose it will be."""
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"user": self.request.user}

    def form_valid(self, form: AddPasskeyForm) -> HttpResponse:
        """Keep it."""
        made = {name: form.cleaned_data[name] for name in ("name", "credential")}
        user = acting_user(self.request)
        try:
            self.made_codes = add_passkey(request=self.request, user=user, **made)
        except TooManyPasskeys as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        return super().form_valid(form)

    def get_success_url(self) -> str:
        """First to the recovery codes, where some were made, so that they are kept."""
        return reverse("mfa_view_recovery_codes") if self.made_codes else super().get_success_url()

    def get_default_success_url(self) -> str:
        """The list, where it is now."""
        return reverse("mfa_list_webauthn")


class SignInByPasskeyView(LoginWebAuthnView):
    """allauth's, which would forget where someone wanted to go when a passkey is refused."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Back to the page from which there are other ways."""
        _say_why(self.request, form)
        return _again(self.request, reverse("account_login"))


class PasskeyAgainView(ReauthenticateWebAuthnView):
    """allauth's, which leaves for the sign-in page when a passkey is refused."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """The same page, with another question for the passkey."""
        _say_why(self.request, form)
        return _again(self.request, self.request.path)


def _say_why(request: HttpRequest, form: Form) -> None:
    for error in form.errors["credential"]:
        messages.error(request, str(error))


def _again(request: HttpRequest, page: str) -> HttpResponse:
    return HttpResponseRedirect(passthrough_next_redirect_url(request, page, "next"))
