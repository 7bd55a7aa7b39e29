"""The learner's saved searches: list, pause, start again, delete, try out."""

from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.learners import Learner, read_learner
from accounts.mail.refused_addresses import is_mail_refused
from accounts.models import SavedSearch, User
from accounts.querysets import SavedSearchQuerySet
from alerts import wording
from alerts.channels.vapid import public_key
from alerts.config import DAILY_MESSAGE_LIMIT
from alerts.delivery.trial import TOO_MANY_TRIALS, TRIAL_LIMIT, send_trial
from alerts.messages import links
from alerts.models import Notification, PushSubscription
from alerts.pages.forms import PauseForm
from alerts.searches import saving
from alerts.searches.resting import why_resting
from audit.addresses import client_address
from audit.clock import database_today
from slots.wording import day


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


def own_search(request: LearnerRequest, pk: int) -> SavedSearch:
    """One of the learner's own searches, or 404."""
    return get_object_or_404(_own(request, database_today()), pk=pk)


def _own(request: LearnerRequest, today: date) -> SavedSearchQuerySet:
    """The learner's searches, each with `asked_at`, the database's time."""
    searches = SavedSearch.objects.of(request.user).with_tells_until(today)
    return searches.annotate(asked_at=Now())


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
