"""What every answer says to the browser besides its content."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest, HttpResponseBase
from django.middleware.security import SecurityMiddleware

# What is remembered of pages, also by the back button. Not "cookies" nor "storage": they would
# take along the service worker of a device whose alerts stay on.
FORGET = '"cache"'


class SecurityHeadersMiddleware(SecurityMiddleware):
    """Django's headers, and settings.SECURITY_HEADERS, on each answer, errors and redirects too.

    It stands outside Django's own, which redirects to https and sets none where it refuses a host.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Leave redirecting to Django's own."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        """Add what is missing."""
        response = super().process_response(request, response)
        for name, value in settings.SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class NoStoreMiddleware:
    """Lets nothing be kept of what is answered to someone, nor of anything once they sign out.

    Someone is who brings a session or a token, or is given a session. Static files are for all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not request.path.startswith(settings.STATIC_URL) and _is_somebodys(request, response):
            response.headers["Cache-Control"] = "no-store"
        if "signed_out" in request.META:
            response.headers["Clear-Site-Data"] = FORGET
        return response


def _is_somebodys(request: HttpRequest, response: HttpResponseBase) -> bool:
    name = settings.SESSION_COOKIE_NAME
    given = name in request.COOKIES or name in response.cookies
    return given or "Authorization" in request.headers


def _note_signing_out(request: HttpRequest, **_: Any) -> None:
    request.META["signed_out"] = True


user_logged_out.connect(_note_signing_out)
