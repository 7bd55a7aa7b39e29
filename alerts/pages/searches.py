"""The learner's saved searches: list, compose, look over and save, pause, end."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.forms import SignUpForm
from accounts.learners import Learner, read_learner
from accounts.limits.pages import limited
from accounts.mail.refused_addresses import is_mail_refused
from accounts.models import SavedSearch, User
from accounts.querysets import SavedSearchQuerySet
from alerts import wording
from alerts.channels.vapid import public_key
from alerts.config import DAILY_MESSAGE_LIMIT
from alerts.delivery.trial import TOO_MANY_TRIALS, TRIAL_LIMIT, send_trial
from alerts.matching.counting import MOST_COUNTED
from alerts.messages import links
from alerts.models import Notification, PushSubscription
from alerts.pages.forms import PauseForm
from alerts.searches import saving
from alerts.searches.form import SavedSearchForm, initial_of
from alerts.searches.previewing import LOOK_BACK, PREVIEWS, count_fitting
from alerts.searches.resting import why_resting
from audit.addresses import client_address
from audit.clock import database_now, database_today
from centers.models import Center
from centers.querysets import CenterQuerySet
from slots.models import CoveredWeek
from slots.wording import day, period

USUAL = {"test_type": [SavedSearch.TestType.PRACTICAL]}


class LearnerRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User


@require_safe
@login_required
def search_list(request: LearnerRequest) -> HttpResponse:
    """The learner's searches: those that look, those that rest, those that have ended."""
    learner = _own_tests(request)
    searches = _own(request, learner.today).prefetch_related("centers")
    context = {
        "searches": [_shown(search, learner) | _resting(search, learner) for search in searches],
        "got_a_test": got_a_test_path(request.user),
        "mail_refused": is_mail_refused(request.user),
        "lost_devices": PushSubscription.objects.lost_of(request.user),
        "push_key": public_key(),
        "had_all": Notification.objects.last_of_today(request.user).exists(),
        "daily_limit": DAILY_MESSAGE_LIMIT.value(),
    }
    return render(request, "alerts/searches.html", context)


def _own_tests(request: LearnerRequest) -> Learner:
    return read_learner(request.user, today=database_today())


def got_a_test_path(user: User) -> str:
    """Where the button that ends all of a learner's searches posts to."""
    return urlsplit(links.got_a_test_url(user_id=user.pk)).path


def _shown(search: Any, learner: Learner) -> dict[str, Any]:
    """Of a search as `_own` finds it."""
    now = search.asked_at
    centers = [center.name for center in search.centers.all()]
    return {
        "search": search,
        "title": wording.title(search, centers=centers),
        "promise": wording.promise(search, centers=centers, booked=learner.booked_days),
        "paused": search.is_active and bool(search.paused_until and search.paused_until > now),
        "passed": not search.is_active and _has_passed(search, timezone.localdate(now)),
    }


def _resting(search: SavedSearch, learner: Learner) -> dict[str, list[str]]:
    """Why a search that is active tells of nothing as things stand."""
    is_asked = search.is_active
    return {"resting": why_resting(search, learner, search.centers.all()) if is_asked else []}


def _has_passed(search: Any, today: date) -> bool:
    """Whether its windows have all passed, so that starting it again would end it again."""
    return search.tells_until is not None and search.tells_until < today


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


def own_search(request: LearnerRequest, pk: int) -> SavedSearch:
    """One of the learner's own searches, or 404."""
    return get_object_or_404(_own(request, database_today()), pk=pk)


def _own(request: LearnerRequest, today: date) -> SavedSearchQuerySet:
    """The learner's searches, each with `asked_at`, the database's time."""
    searches = SavedSearch.objects.of(request.user).with_tells_until(today)
    return searches.annotate(asked_at=Now())


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
    return render(request, "alerts/search_form.html", {"form": form, "search": search})


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


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def search_pause(request: LearnerRequest, pk: int) -> HttpResponse:
    """Let a search rest until a day."""
    search = own_search(request, pk)
    form = PauseForm(request.POST or None)
    if not form.is_valid():
        return render(
            request,
            "alerts/search_pause.html",
            {"form": form, **_shown(search, _own_tests(request))},
        )
    saving.pause_search(search=search, until=form.cleaned_data["until"], actor=request.user)
    messages.success(request, f"Paused until {day(form.cleaned_data['until'])}.")
    return redirect("search_list")


@require_POST
@login_required
def search_resume(request: LearnerRequest, pk: int) -> HttpResponse:
    """Let a paused or ended search look again."""
    saving.resume_search(search=own_search(request, pk), actor=request.user)
    messages.success(request, "Your search is back on.")
    return redirect("search_list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def search_delete(request: LearnerRequest, pk: int) -> HttpResponse:
    """Ask, then delete one of the learner's searches."""
    search = own_search(request, pk)
    if request.method != "POST":
        return render(request, "alerts/search_delete.html", _shown(search, _own_tests(request)))
    saving.delete_search(search=search, actor=request.user)
    messages.success(request, "The search is deleted.")
    return redirect("search_list")


@require_POST
@login_required
def search_trial(request: LearnerRequest, pk: int) -> HttpResponse:
    """Send the learner a test alert for one of their searches."""
    search = own_search(request, pk)
    if TRIAL_LIMIT.seconds_to_wait(client_address(request)):
        messages.error(request, TOO_MANY_TRIALS)
    elif sent_to := send_trial(search=search):
        messages.success(request, f"A test alert is on its way to {sent_to}.")
    else:
        messages.error(request, "Our mail server doesn’t answer just now. Try again in a minute.")
    return redirect("search_list")
