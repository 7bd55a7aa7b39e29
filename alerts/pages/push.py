"""The learner's devices: which browsers may be woken, and how to add this one."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.limits.pages import limited
from accounts.limits.requests import RateLimit
from accounts.models import SavedSearch
from alerts.channels.vapid import public_key
from alerts.delivery.trial import TOO_MANY_TRIALS, TRIAL_LIMIT
from alerts.delivery.trial_push import send_trial_push
from alerts.models import PushSubscription
from alerts.pages.searches import LearnerRequest, own_search
from alerts.pages.this_browser import remember_device
from alerts.push_subscriptions import BadSubscription, renew, subscribe, unsubscribe
from alerts.searches.saving import add_notifications
from audit.addresses import client_address
from audit.text import read_id
from slots.config import SEARCHES_PER_MINUTE

RENEWALS = RateLimit("push-renewal", SEARCHES_PER_MINUTE)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def push(request: LearnerRequest) -> HttpResponse:
    """The learner's devices, and a button that adds this one."""
    if request.method == "POST":
        return _added(request)
    context = {
        "devices": PushSubscription.objects.live_of(request.user),
        "lost_devices": PushSubscription.objects.lost_of(request.user),
        "push_key": public_key(),
    }
    return render(request, "alerts/push.html", context)


def _added(request: LearnerRequest) -> HttpResponse:
    fields = {
        name: request.POST.get(name, "")
        for name in ("endpoint", "p256dh", "auth", "label", "vapid_key")
    }
    search = _search_of(request)
    response = redirect("search_on", search.pk) if search else redirect("push")
    try:
        remember_device(response, subscribe(user=request.user, **fields))
    except BadSubscription as refused:
        messages.error(request, str(refused))
    else:
        if search:
            add_notifications(search=search, actor=request.user)
        messages.success(
            request, "Notifications are on for this device. Send it a test to see one."
        )
    return response


def _search_of(request: LearnerRequest) -> SavedSearch | None:
    """The learner's search that the notifications are turned on for, if it was said."""
    pk = read_id(request.POST.get("search", ""))
    return own_search(request, pk) if pk is not None else None


@require_POST
@login_required
def push_end(request: LearnerRequest, pk: int) -> HttpResponse:
    """Send a device nothing more."""
    device = get_object_or_404(PushSubscription.objects.live_of(request.user), pk=pk)
    unsubscribe(subscription=device, actor=request.user)
    messages.success(request, f"{device} gets no more notifications.")
    return redirect("push")


@require_POST
@login_required
def push_test(request: LearnerRequest, pk: int) -> HttpResponse:
    """Send a device a test notification."""
    device = get_object_or_404(PushSubscription.objects.live_of(request.user), pk=pk)
    if TRIAL_LIMIT.seconds_to_wait(client_address(request)):
        messages.error(request, TOO_MANY_TRIALS)
    elif send_trial_push(device, body="Alerts about new test slots will look like this."):
        messages.success(request, f"A test notification is on its way to {device}.")
    else:
        messages.error(
            request,
            f"{device} couldn’t be reached. If that goes on, remove it here and turn "
            "notifications on again on the device.",
        )
    return redirect("push")


@csrf_exempt
@require_POST
@limited(RENEWALS)
def push_renew(request: HttpRequest) -> HttpResponse:
    """A script of ours says that its browser has renewed its subscription.

    It has no CSRF token and may be signed out: the old endpoint is the proof, and the Origin
    says that a page of ours sent it.
    """
    if request.headers.get("Origin") != settings.SITE_URL:
        return HttpResponse(status=403)
    names = ("old_endpoint", "endpoint", "p256dh", "auth", "vapid_key")
    fields = {name: request.POST.get(name, "") for name in names}
    try:
        renew(**fields)
    except BadSubscription as refused:
        return HttpResponse(str(refused), status=422, content_type="text/plain")
    return HttpResponse(status=204)


@require_safe
@cache_control(max_age=0, no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows a push; it has to lie at the root to speak for the whole site."""
    return render(
        request, "alerts/service_worker.js", {"key": public_key()}, content_type="text/javascript"
    )
