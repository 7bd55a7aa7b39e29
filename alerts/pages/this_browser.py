"""Which of a learner's devices a browser is, as it was told when it was added.

The cookie outlives signing out, so that it is known the next time too. A browser that lost it, or
was added before there was one, is known by the endpoint that a script hands over.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from accounts.models import User
from alerts.models import PushSubscription

SALT = "push_device"
COOKIE = f"{settings.COOKIE_PREFIX}{SALT}"
LASTS_SECONDS = 400 * 24 * 3600


def remember_device(response: HttpResponse, device: PushSubscription) -> None:
    """Have the browser keep which device it is."""
    response.set_signed_cookie(
        COOKIE, str(device.pk), salt=SALT, max_age=LASTS_SECONDS, httponly=True, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip


def device_of(request: HttpRequest) -> PushSubscription | None:
    """The live device of the signed-in learner that the request comes from."""
    if not isinstance(request.user, User):
        return None
    live = PushSubscription.objects.live_of(request.user)
    number = request.get_signed_cookie(COOKIE, default="", salt=SALT)
    known = live.filter(pk=number).first() if number else None
    endpoint = request.POST.get("endpoint", "")
    return known or (live.filter(endpoint=endpoint).first() if endpoint else None)
