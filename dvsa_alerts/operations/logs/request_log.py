"""Each request's id, its line in the log and its place in the metrics."""

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from audit.addresses import comes_from_our_proxy
from dvsa_alerts.operations.logs import log_lines
from dvsa_alerts.operations.monitoring.request_metrics import count

logger = logging.getLogger("requests")

HEADER = "X-Request-ID"
# Asked for too often to tell anything; they are counted all the same.
UNSAID = ("static", "healthz", "readyz", "metrics")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class RequestLogMiddleware:
    """The outermost: what it says of a request is what the client got, and how long it took."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        identity = request_id(request)
        token = log_lines.request_id.set(identity)
        try:
            response = self.get_response(request)
            response.headers[HEADER] = identity
            _note(request, response.status_code, time.perf_counter() - began)
            return response
        finally:
            log_lines.request_id.reset(token)


def request_id(request: HttpRequest) -> str:
    """The one that our proxy gave it, else a new one (32 hexadecimal digits)."""
    given = request.headers.get(HEADER, "")
    if comes_from_our_proxy(request) and re.fullmatch(r"[0-9A-Za-z-]{8,64}", given):
        return given
    return uuid4().hex


def route_of(request: HttpRequest) -> str:
    """The pattern that a path fits (`slots/`): a path itself may hold a signed link."""
    if request.resolver_match:
        return request.resolver_match.route or "/"
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"


def _note(request: HttpRequest, status: int, seconds: float) -> None:
    route = route_of(request)
    count(route=route, status=status, seconds=seconds)
    if route not in UNSAID:
        method = request.method if request.method in METHODS else "other"
        fields = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000)}
        logger.info("%s %s %d, %d ms", *fields.values(), extra={"fields": fields})
