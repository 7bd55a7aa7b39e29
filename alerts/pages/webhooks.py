"""The learner's webhooks: addresses of their own that get their alerts as JSON."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from accounts.limits.requests import RateLimit
from alerts.config import WEBHOOKS_PER_DAY
from alerts.delivery.trial import TRIAL_LIMIT
from alerts.delivery.trial_webhook import send_trial_message
from alerts.models import Webhook
from alerts.pages.forms import WebhookForm
from alerts.pages.searches import LearnerRequest
from alerts.webhooks import CannotAdd, add_webhook, end_webhook
from audit.addresses import client_address

ADDED = RateLimit("webhook", WEBHOOKS_PER_DAY, window=timedelta(days=1))
TOO_MANY = "You have added several webhooks today. Try again tomorrow."
TOO_MANY_TESTS = "You have sent several test messages. Try again in an hour."
View = Callable[..., HttpResponse]


def only_where_on(view: View) -> View:
    """404 where the operator hasn't switched webhooks on."""

    @wraps(view)
    def switched(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.WEBHOOKS:
            raise Http404
        return view(request, *args, **kwargs)

    return switched


@only_where_on
@sensitive_variables("secret")
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def webhooks(request: LearnerRequest) -> HttpResponse:
    """Which there are, and adding one; its secret is shown this once."""
    form = WebhookForm(request.POST if request.method == "POST" else None)
    secret = _added(request, form) if form.is_valid() else ""
    live = Webhook.objects.live_of(request.user)
    context = {
        "form": WebhookForm() if secret else form,
        "secret": secret,
        "webhooks": live,
        "is_full": len(live) >= Webhook.MOST,
        "most": Webhook.MOST,
        "lost": Webhook.objects.lost_of(request.user),
    }
    return render(request, "alerts/webhooks.html", context)


def _added(request: LearnerRequest, form: WebhookForm) -> str:
    """The secret of one that was added; else the form says why not."""
    if ADDED.seconds_to_wait(client_address(request)):
        form.add_error(None, TOO_MANY)
        return ""
    try:
        return add_webhook(user=request.user, url=form.cleaned_data["url"])[1]
    except CannotAdd as refused:
        form.add_error("url", str(refused))
        return ""


@only_where_on
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def webhook_end(request: LearnerRequest, pk: int) -> HttpResponse:
    """Ask, then let nothing more go there."""
    webhook = get_object_or_404(Webhook.objects.live_of(request.user), pk=pk)
    if request.method != "POST":
        return render(request, "alerts/webhook_end.html", {"webhook": webhook})
    end_webhook(webhook=webhook, reason=Webhook.EndReason.REMOVED, actor=request.user)
    messages.success(request, f"{webhook} gets no more of your alerts.")
    return redirect("webhooks")


@only_where_on
@require_POST
@login_required
def webhook_test(request: LearnerRequest, pk: int) -> HttpResponse:
    """Send it a message about no slot, and say what it answered."""
    webhook = get_object_or_404(Webhook.objects.live_of(request.user), pk=pk)
    if TRIAL_LIMIT.seconds_to_wait(client_address(request)):
        messages.error(request, TOO_MANY_TESTS)
    elif fault := send_trial_message(webhook):
        messages.error(
            request,
            f"{webhook} did not take the test message: {fault}. Check that the address is right "
            "and that your program answers with a status of 200 to 299.",
        )
    else:
        messages.success(request, f"{webhook} has taken the test message.")
    return redirect("webhooks")
