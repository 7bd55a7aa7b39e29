"""The site's routes, and addresses at which each page of a failure can be looked at."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views import defaults
from django.views.csrf import csrf_failure

from dvsa_alerts.urls import urlpatterns as routes


def too_many(request: HttpRequest) -> HttpResponse:
    return render(request, "429.html", {"seconds": 42}, status=429)


WRONG = {
    "400": lambda request: defaults.bad_request(request, SuspiciousOperation()),
    "403": lambda request: defaults.permission_denied(request, PermissionDenied()),
    "form": csrf_failure,
    "429": too_many,
    "500": defaults.server_error,
}
urlpatterns = [*routes, *(path(f"wrong/{name}/", view) for name, view in WRONG.items())]
