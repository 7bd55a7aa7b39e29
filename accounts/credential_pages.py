"""The pages on which someone changes what they sign in with."""

from allauth.account.decorators import reauthentication_required
from allauth.account.views import EmailView, PasswordSetView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator

from accounts.code_pages import may_mail_code


class ChangeEmailView(EmailView):
    """allauth's, which would mail a code again to the new address as often as it is asked to."""

    def _action_send(self, request: HttpRequest) -> HttpResponse | None:
        address = self._get_email_address(request)
        if address and not may_mail_code(request, email=address.email):
            return HttpResponseRedirect(self.get_success_url())
        return super()._action_send(request)


@method_decorator(reauthentication_required, name="dispatch")
class SetPasswordView(PasswordSetView):
    """A first password; allauth would take it from any session that is open somewhere."""
