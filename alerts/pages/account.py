"""The learner's account: quiet hours, a copy of all that is stored, and its erasure."""

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.mail.refused_addresses import is_mail_refused
from accounts.quiet_hours import set_quiet_hours
from accounts.staffing import LastAdmin
from alerts.erasure import erase_user
from alerts.export import export_zip
from alerts.pages.forms import QuietHoursForm
from alerts.pages.searches import LearnerRequest
from audit.trail import record


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account(request: LearnerRequest) -> HttpResponse:
    """Details and quiet hours, and the way to everything else."""
    user = request.user
    start = {"quiet_from": user.quiet_from, "quiet_until": user.quiet_until}
    form = QuietHoursForm(request.POST or None, initial=start)
    if not form.is_valid():
        context = {
            "form": form,
            "mail_refused": is_mail_refused(user),
            "has_webhooks": settings.WEBHOOKS,
        }
        return render(request, "alerts/account.html", context)
    hours = form.cleaned_data
    set_quiet_hours(user=user, start=hours["quiet_from"], end=hours["quiet_until"])
    messages.success(request, "Your quiet hours are saved.")
    return redirect("account")


@require_POST
@never_cache
@login_required
def download(request: LearnerRequest) -> HttpResponse:
    """All that is stored about the learner, as JSON in a zip."""
    record("user.exported", actor=request.user, subject=request.user)
    response = HttpResponse(export_zip(request.user), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="your-data.zip"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def erase(request: LearnerRequest) -> HttpResponse:
    """Erase the account of someone who has just proved again who they are; all is gone at once."""
    raise_if_reauthentication_required(request, app="allauth.account")
    if request.method != "POST" or not _erased(request):
        return render(request, "alerts/account_erase.html")
    messages.success(request, "Your account and all that we kept about you are deleted.")
    return redirect("home")


def _erased(request: LearnerRequest) -> bool:
    try:
        erase_user(user=request.user, actor=request.user)
    except LastAdmin as refused:
        messages.error(request, str(refused))
        return False
    logout(request)
    return True
