"""The page that asks for the code from a mail."""

from allauth.account.adapter import get_adapter
from allauth.account.views import ConfirmEmailVerificationCodeView
from django.forms import Form
from django.http import HttpResponse


class CodeView(ConfirmEmailVerificationCodeView):
    """allauth's, which looks the same for an address that is taken and has no code."""

    def _resend_form_valid(self, form: Form) -> HttpResponse:
        """Mail again, as often and as long for an address that is taken: allauth would not."""
        response = super()._resend_form_valid(form)
        process = self._process
        if not process.user and getattr(process, "did_send", False):
            get_adapter().send_account_already_exists_mail(process.email)
        return response
