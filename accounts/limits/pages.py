"""Turning a network away from pages that it has asked for too often: every route has a limit."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from accounts.config import PAGES_PER_MINUTE
from accounts.limits.recording import record_once
from accounts.limits.requests import RateLimit
from accounts.limits.windows import network_of
from accounts.models import User
from audit.addresses import client_address, may_look_inside
from audit.statement_time import is_too_slow

View = TypeVar("View", bound=Callable[..., Any])

# Of a route that says nothing else; those who are signed in are not counted by it.
PAGES = RateLimit("page", PAGES_PER_MINUTE)
LIMITED, REFUSED = "request.limited", "request.refused"
RECORDED = {401: REFUSED, 403: REFUSED, 429: LIMITED}


def limited(limit: RateLimit) -> Callable[[View], View]:
    """Give a page a limit of its own, which counts for everyone."""

    def mark(view: View) -> View:
        view.rate_limit = limit  # type: ignore[attr-defined]
        return view

    return mark


def uncounted(view: View) -> View:
    """For a page that asks nothing of the database, which counting would ask."""
    view.limits_itself = True  # type: ignore[attr-defined]
    return view


class PageLimitMiddleware:
    """Counts each request of a route in one statement; beyond its limit the answer is 429.

    A view, or a class of views, that counts and answers by itself says `limits_itself`. Who was
    turned away or refused is written to the audit log, once an hour for each network, route and
    reason.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code in RECORDED:
            _record(request, response.status_code)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """429 beyond the limit of the view."""
        limit = _limit_for(request, view)
        wait = limit.seconds_to_wait(client_address(request)) if limit else 0
        if not wait:
            return None
        response = render(request, "429.html", {"seconds": wait}, status=429)
        response["Retry-After"] = str(wait)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """503 for a page whose statement took longer than the database gives it."""
        if not is_too_slow(error):
            return None
        response = render(request, "503.html", status=503)
        response["Retry-After"] = "60"
        return response


def _limit_for(request: HttpRequest, view: Callable[..., Any]) -> RateLimit | None:
    own: RateLimit | None = getattr(view, "rate_limit", None)
    if own:
        return own
    counts_itself = getattr(getattr(view, "view_class", view), "limits_itself", False)
    known = counts_itself or _is_signed_in(request) or may_look_inside(request)
    return None if known else PAGES


def _is_signed_in(request: HttpRequest) -> bool:
    """Asked only of who brings a session: nobody else is looked for in the database."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated


def _record(request: HttpRequest, status: int) -> None:
    route = request.resolver_match.route if request.resolver_match else ""
    network = network_of(client_address(request) or "0.0.0.0")  # noqa: S104
    asking = getattr(request, "user", None)
    user = asking if isinstance(asking, User) else None
    who = f"{status}/{route}/{user.pk if user else network}"
    record_once(RECORDED[status], who, actor=user, subject=user, route=route, status=status)
