"""Composing a saved search: its form, looking it over, and saving it."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.forms import SignUpForm
from accounts.learners import Learner, read_learner
from accounts.limits.pages import limited
from accounts.models import SavedSearch, User
from alerts import wording
from alerts.config import DAILY_MESSAGE_LIMIT
from alerts.matching.counting import MOST_COUNTED
from alerts.models import PushSubscription
from alerts.pages.searches import LearnerRequest, own_search
from alerts.searches import saving
from alerts.searches.form import SavedSearchForm, initial_of
from alerts.searches.previewing import LOOK_BACK, PREVIEWS, count_fitting
from alerts.searches.resting import why_resting
from audit.clock import database_now
from centers.models import Center
from centers.querysets import CenterQuerySet
from slots.models import CoveredWeek
from slots.searching.browsing import map_to_choose
from slots.wording import period

USUAL = {"test_type": [SavedSearch.TestType.PRACTICAL]}


@require_http_methods(["GET", "HEAD", "POST"])
@limited(PREVIEWS)
def search_new(request: HttpRequest) -> HttpResponse:
    """Compose a search; a visitor may, and is asked to sign up before it is saved."""
    return _compose(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def search_edit(request: LearnerRequest, pk: int) -> HttpResponse:
    """Change one of the learner's own searches."""
    return _compose(request, own_search(request, pk))


def _compose(request: HttpRequest, search: SavedSearch | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else request.GET
    now = database_now()
    learner = _learner(request, now)
    if not set(SavedSearchForm.base_fields) & set(data):
        form = SavedSearchForm(initial=initial_of(search) if search else USUAL, learner=learner)
        form.offer_centers(search.location if search else None)
        return _ask(request, form, search)
    form = SavedSearchForm(with_defaults(data), learner=learner)
    if not form.is_valid():
        return _ask(request, form, search)
    form.offer_centers(form.wish.location)
    if "change" in request.GET:
        return _ask(request, form, search)
    if request.method == "POST":
        return _save(request, form, search)
    return _show(request, form, search, now)


def _learner(request: HttpRequest, now: datetime) -> Learner | None:
    """The learner who is signed in; a visitor has told us of no test."""
    if not isinstance(request.user, User):
        return None
    return read_learner(request.user, today=timezone.localdate(now))


def with_defaults(data: QueryDict) -> QueryDict:
    """A link to results says neither how to be told nor, where it is the usual one, the radius."""
    filled = data.copy()
    for name in ("method", "radius"):
        filled.setdefault(name, SavedSearchForm.base_fields[name].initial)
    return filled


def _ask(request: HttpRequest, form: SavedSearchForm, search: SavedSearch | None) -> HttpResponse:
    offered = [pk for pk, _ in form.fields["center"].widget.choices]
    context = {"form": form, "search": search, "map": map_to_choose(offered, now=database_now())}
    return render(request, "alerts/search_form.html", context)


def _show(
    request: HttpRequest, form: SavedSearchForm, search: SavedSearch | None, now: datetime
) -> HttpResponse:
    names = [center.name for center in form.chosen_centers]
    booked = form.learner.booked_days if form.learner else {}
    context = {
        "form": form,
        "search": search,
        "promise": wording.promise(form.wish, centers=names, booked=booked),
        "place": form.cleaned_data["postcode"],
        "resting": _why_resting(form),
        **_fitting(form, now),
        "here": request.get_full_path(),
        "sign_up": SignUpForm(),
    }
    return render(request, "alerts/search_review.html", context)


def _why_resting(form: SavedSearchForm) -> list[str]:
    if form.learner is None:
        return []
    return why_resting(form.wish, form.learner, form.chosen_centers)


def _places(search: SavedSearch, chosen: Collection[Center]) -> CenterQuerySet:
    centers = Center.objects.open()
    if chosen:
        return centers.filter(pk__in=[center.pk for center in chosen])
    if search.location is None:
        return centers.none()
    return centers.within_miles(search.location, search.notification_radius)


def _fitting(form: SavedSearchForm, now: datetime) -> dict[str, Any]:
    """How many openings would have fitted of late, and of which time that can be said."""
    since = now - LOOK_BACK
    search, chosen = form.wish, form.chosen_centers
    covered = CoveredWeek.objects.at(_places(search, chosen), search.preferred_test_types or [])
    watched = covered.watched_since(since)
    fitting = count_fitting(search, chosen, since=watched or since, learner=form.learner)
    return {
        "fitting": fitting,
        "too_many_a_day": _too_many_a_day(search, fitting, days=(now - (watched or since)).days),
        "daily_limit": DAILY_MESSAGE_LIMIT.value(),
        "most_counted": MOST_COUNTED,
        "period": period(watched, since, now),
    }


def _too_many_a_day(search: SavedSearch, fitting: int | None, *, days: int) -> int | None:
    """How many openings a day that is, where each is a message and we don't send as many."""
    a_day = round((fitting or 0) / max(days, 1))
    is_told_at_once = search.digest_at is None
    return a_day if is_told_at_once and a_day > DAILY_MESSAGE_LIMIT.value() else None


def _save(request: HttpRequest, form: SavedSearchForm, search: SavedSearch | None) -> HttpResponse:
    if not isinstance(request.user, User):
        return redirect_to_login(f"{request.path}?{_query(request.POST)}")
    try:
        saved = saving.save_search(
            user=request.user, wish=form.wish, centers=form.chosen_centers, search=search
        )
    except saving.TooManySearches as refused:
        form.add_error(None, str(refused))
        return _ask(request, form, search)
    if search is None:
        return redirect("search_on", saved.pk)
    if _needs_device(saved):
        messages.success(request, "Your search is saved. Now turn on notifications on this device.")
        return redirect("push")
    if _why_resting(form):
        messages.warning(request, "Your search is saved, but it rests as things stand: see below.")
    else:
        messages.success(
            request, "Your search is saved. We’ll alert you to the next slot that fits."
        )
    return redirect("search_list")


def _needs_device(search: SavedSearch) -> bool:
    by_push = search.notification_method == SavedSearch.Method.PUSH
    return by_push and not PushSubscription.objects.live_of(search.user).exists()


def _query(data: QueryDict) -> str:
    kept = data.copy()
    kept.pop("csrfmiddlewaretoken", None)
    return kept.urlencode()
