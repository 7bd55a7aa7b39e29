"""Pausing and narrowing searches from a mail, without a login. A GET changes nothing.

The token is the proof, so a POST needs no cookie, as when unsubscribing.
"""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.models import SavedSearch, User
from alerts.messages import links
from alerts.models import UserAlert
from alerts.pages.unsubscribe import reads_link
from alerts.searches import saving
from alerts.searches.narrowing import CannotNarrow, narrow, narrowings, restore
from audit.clock import database_now, database_today

NARROWED = "alerts.narrowed"
A_WEEK = timedelta(days=7)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reads_link
def pause(request: HttpRequest, token: str) -> HttpResponse:
    """Pause the searches that a message named for a week or until the learner says, or undo it."""
    link = links.read_pause(token)
    user = get_object_or_404(User, pk=link.user_id)
    if request.method == "POST":
        _pause(request, user, link.search_ids)
    return render(request, "alerts/pause.html", _pausing(user, link.search_ids))


def _pause(request: HttpRequest, user: User, ids: list[int]) -> None:
    if "undo" in request.POST:
        saving.unpause_searches(user=user, ids=ids, actor=None)
    elif "week" in request.POST:
        until = database_today() + A_WEEK
        saving.pause_searches(user=user, ids=ids, until=until, actor=None)
    elif "open" in request.POST:
        saving.pause_searches(user=user, ids=ids, until=None, actor=None)
    else:
        raise BadRequest("This is not one of our buttons.")


def _pausing(user: User, ids: list[int]) -> dict[str, Any]:
    """How many of them look, how many rest and until when."""
    active = SavedSearch.objects.of(user).filter(pk__in=ids, is_active=True)
    paused = active.filter(paused_until__gt=database_now()).order_by("paused_until")
    first = paused.first()
    return {
        "running": active.count() - paused.count(),
        "paused": paused.count(),
        "until": first.paused_until if first and not first.is_paused_for_good else None,
    }


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reads_link
def not_for_me(request: HttpRequest, token: str) -> HttpResponse:
    """Ways to narrow the search that a slot came from, each with one press; then undo."""
    alerts = UserAlert.objects.select_related("slot__center", "preference__user")
    alert = get_object_or_404(alerts, pk=links.read_not_for_me(token), user__is_active=True)
    context: dict[str, Any] = {"alert": alert}
    try:
        context |= _narrowed(request, alert) if request.method == "POST" else {}
    except CannotNarrow:
        context["failed"] = True
    today = database_today()
    context["narrowings"] = narrowings(alert, today=today) if _is_running(alert) else []
    return render(request, "alerts/not_for_me.html", context)


def _is_running(alert: UserAlert) -> bool:
    search = alert.preference
    paused = search and search.paused_until and search.paused_until > database_now()
    return bool(search and search.is_active and not paused)


def _narrowed(request: HttpRequest, alert: UserAlert) -> dict[str, Any]:
    """What was done, and what undoes it, which nobody else can make up."""
    if not _is_running(alert):
        raise CannotNarrow("the search does not look")
    if "undo" in request.POST:
        restore(search=_search(alert), query=_undoing(request, alert))
        alert.refresh_from_db()
        return {"undone": True}
    label = request.POST.get("way", "")
    before = narrow(alert=alert, label=label, today=database_today())
    undo = signing.Signer(salt=NARROWED).sign_object([alert.pk, before])
    return {"label": label, "undo": undo}


def _search(alert: UserAlert) -> SavedSearch:
    if alert.preference is None:
        raise CannotNarrow("the search was deleted")
    return alert.preference


def _undoing(request: HttpRequest, alert: UserAlert) -> str:
    try:
        number, before = signing.Signer(salt=NARROWED).unsign_object(request.POST["undo"])
    except signing.BadSignature as error:
        raise links.BadLink("This is not one of our buttons.") from error
    if number != alert.pk:
        raise links.BadLink("This button is another alert's.")
    return str(before)
