"""A learner whose address was marked as refusing mail shows that it takes mail after all."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits.requests import RateLimit
from accounts.mail.codes import is_code_awaited, mail_code, read_code
from accounts.mail.refused_addresses import is_mail_refused, lift_refusal
from accounts.mail.troubles import tell_of_trouble
from alerts.config import TEST_ALERTS_PER_HOUR
from alerts.pages.searches import LearnerRequest
from audit.addresses import client_address

CODES = RateLimit("mail-code", TEST_ALERTS_PER_HOUR, window=timedelta(hours=1))
TOO_MANY = "You have asked for several codes. Try again in an hour."
TOO_OLD = "This code is too old, or was wrong too often. Ask for a new one."


@require_POST
@never_cache
@login_required
def send_code(request: LearnerRequest) -> HttpResponse:
    """Mail a code to the address that was marked."""
    if not is_mail_refused(request.user):
        return redirect("account")
    if CODES.seconds_to_wait(client_address(request)):
        messages.error(request, TOO_MANY)
        return redirect("account")
    mail_code(request, email=request.user.email)
    return redirect("mail_again")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@login_required
def mail_again(request: LearnerRequest) -> HttpResponse:
    """Take the code, and let mail go there again."""
    user = request.user
    if not is_mail_refused(user):
        return redirect("account")
    if not is_code_awaited(request, email=user.email):
        messages.error(request, TOO_OLD)
        return redirect("account")
    tell_of_trouble(request, email=user.email)
    form = read_code(request)
    if not form.is_valid():
        return render(request, "alerts/mail_again.html", {"form": form})
    lift_refusal(user=user, actor=user)
    messages.success(request, f"Thank you. Alerts go to {user.email} again.")
    return redirect("account")
