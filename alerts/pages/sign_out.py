"""Signing out, with a question where this browser is woken by alerts: who else uses it?"""

from typing import Any

from allauth.account.views import LogoutView
from django.http import HttpResponse

from accounts.models import User
from alerts.models import PushSubscription
from alerts.pages.forms import SignOutForm
from alerts.pages.this_browser import device_of
from alerts.push_subscriptions import unsubscribe


class SignOutView(LogoutView):
    """allauth's page, which any button of ours that signs out comes to when there is a question."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Besides what allauth shows, this browser's device, and the question about it."""
        device = device_of(self.request)
        asked = {"device": device, "form": self._form()} if device else {}
        return super().get_context_data(**kwargs) | asked

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Sign out; first ask about the notifications of a browser that gets some."""
        device, form = device_of(self.request), self._form()
        if device and not form.is_valid():
            return self.render_to_response(self.get_context_data())
        if device and form.cleaned_data["notifications"] == SignOutForm.OFF:
            _turn_off(device, self.request.user)
        return super().post(*args, **kwargs)

    def _form(self) -> SignOutForm:
        """Bound only once it was answered: another page's button brings no answer."""
        answered = "notifications" in self.request.POST
        return SignOutForm(self.request.POST if answered else None)


def _turn_off(device: PushSubscription, user: Any) -> None:
    if isinstance(user, User):
        unsubscribe(subscription=device, actor=user, reason=PushSubscription.SIGNED_OUT)
