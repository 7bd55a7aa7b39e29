"""The learner's devices: which browsers may be woken, and how to add this one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts.channels.push import public_key
from alerts.models import PushSubscription
from alerts.push_subscriptions import BadSubscription, subscribe, unsubscribe
from alerts.views_searches import LearnerRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def push(request: LearnerRequest) -> HttpResponse:
    """The devices that are told, and a button that adds this one."""
    if request.method == "POST":
        return _added(request)
    devices = PushSubscription.objects.live_of(request.user)
    return render(request, "alerts/push.html", {"devices": devices, "key": public_key()})


def _added(request: LearnerRequest) -> HttpResponse:
    fields = {name: request.POST.get(name, "") for name in ("endpoint", "p256dh", "auth", "label")}
    try:
        subscribe(user=request.user, **fields)
    except BadSubscription as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "This device is told of slots by notification now.")
    return redirect("push")


@require_POST
@login_required
def push_end(request: LearnerRequest, pk: int) -> HttpResponse:
    """Tell a device no more."""
    devices = PushSubscription.objects.live_of(request.user)
    unsubscribe(subscription=get_object_or_404(devices, pk=pk), actor=request.user)
    messages.success(request, "That device is told no more.")
    return redirect("push")


@require_safe
@cache_control(max_age=0, no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The script that shows a push; it has to lie at the root to speak for the whole site."""
    return render(request, "alerts/service_worker.js", content_type="text/javascript")
