"""Turning an address away from a page that it has asked for too often."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from audit.addresses import client_address
from slots.rate_limits import RateLimit

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def limited(limit: RateLimit) -> Callable[[View[P]], View[P]]:
    """Decorate a page: beyond the limit it answers 429 and says when to come back."""

    def decorate(view: View[P]) -> View[P]:
        @wraps(view)
        def limited_view(
            request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs
        ) -> HttpResponse:
            wait = limit.seconds_to_wait(client_address(request))
            if not wait:
                return view(request, *args, **kwargs)
            response = render(request, "429.html", {"seconds": wait}, status=429)
            response["Retry-After"] = str(wait)
            return response

        return limited_view

    return decorate
