"""The pages on which anybody finds slots."""

from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import push_url
from django_htmx.middleware import HtmxDetails

from accounts.limits.pages import limited
from accounts.limits.requests import RateLimit
from audit.clock import database_now
from slots.config import SEARCHES_PER_MINUTE
from slots.models import Slot
from slots.searching.browsing import by_day, how_many, read_map, read_outlook
from slots.searching.forms import SlotSearchForm
from slots.searching.paging import read_page
from slots.searching.remembering import remembered
from slots.searching.search import SlotSearch

SEARCHES = RateLimit("search", SEARCHES_PER_MINUTE)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The front page: what the service is, and where to start."""
    form = SlotSearchForm(initial={"test_type": [Slot.TestType.PRACTICAL]})
    return render(request, "slots/home.html", {"form": form})


@require_safe
@limited(SEARCHES)
@remembered
@vary_on_headers("HX-Request")
def slots(request: HttpRequest, now: datetime) -> HttpResponse:
    """The slots of a search; htmx is answered with the part that changes."""
    if not request.GET:
        return redirect("home")
    form = SlotSearchForm(request.GET)
    found = _found(form.search, now) if form.is_valid() else {}
    part = _wants_part(request)
    template = "slots/_search.html" if part else "slots/search.html"
    response = render(request, template, {"form": form, **found})
    return push_url(response, f"?{form.search.query}") if part and found else response


def _wants_part(request: HttpRequest) -> bool:
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # set by its middleware
    return bool(htmx) and not htmx.history_restore_request


def _found(search: SlotSearch, now: datetime) -> dict[str, Any]:
    page = read_page(search, now=now)
    return {
        "search": search,
        "conditions": _conditions(search.anywhere),
        "count": how_many(page, search),
        "days": by_day(page.slots, now=now),
        "next": page.next and search.after(page.next),
        "outlook": None if page.slots else read_outlook(search, now=now),
    }


@lru_cache(maxsize=1024)
def _conditions(search: SlotSearch) -> SafeString:
    """The fields of a valid search but its place: slow to draw, and the same in most searches."""
    form = SlotSearchForm(initial=search.values)
    form.offer(zip(search.centers, search.center_names, strict=True))
    return render_to_string("slots/_conditions.html", {"form": form})


@require_safe
@limited(SEARCHES)
@cache_control(private=True, max_age=15)
def slots_map(request: HttpRequest) -> JsonResponse:
    """The centres of a search with their number of open slots, for the map's script."""
    form = SlotSearchForm(request.GET)
    if not form.is_valid():
        return JsonResponse({"errors": form.errors}, status=400)
    return JsonResponse(read_map(form.search, now=database_now()))
