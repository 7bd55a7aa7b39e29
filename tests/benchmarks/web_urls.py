"""Every route of the site, and an empty view to compare with."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def empty(request: HttpRequest) -> HttpResponse:
    """Nothing at all, through all the middleware."""
    return HttpResponse()


urlpatterns = [path("empty/", empty), path("", include("dvsa_alerts.urls"))]
