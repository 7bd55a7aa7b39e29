"""What became of a learner's alerts: their history, and the page that a message links to."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.official import official_pages
from alerts.answers import answer_alert
from alerts.matching.missed import missed_turns
from alerts.messages import links
from alerts.models import Notification, UserAlert
from alerts.pages.forms import AnswerForm
from alerts.pages.history import A_WEEK, ShownAlert, read_history, read_notification
from alerts.pages.searches import LearnerRequest, got_a_test_path
from alerts.searches.narrowing import narrowings
from audit.clock import database_now, database_today
from audit.text import read_id

MOST_MISSED = 50


@require_safe
@login_required
def alert_list(request: LearnerRequest) -> HttpResponse:
    """The learner's alerts, newest first."""
    page = read_history(request.user, before=_before(request))
    context = {"page": page, "got_a_test": got_a_test_path(request.user)}
    return render(request, "alerts/alerts.html", context)


@require_safe
@login_required
def alert_missed(request: LearnerRequest) -> HttpResponse:
    """Slots of the last 7 days that were gone before the learner's turn to be told."""
    now = database_now()
    missed = missed_turns(request.user, since=now - A_WEEK, now=now, most=MOST_MISSED)
    return render(request, "alerts/missed.html", {"missed": missed})


def _before(request: HttpRequest) -> int | None:
    """Where the page starts; 404 for a number that we can't have given out."""
    text = request.GET.get("before")
    if text is None:
        return None
    before = read_id(text)
    if before is None:
        raise Http404
    return before


@require_safe
@login_required
def alert_narrow(request: LearnerRequest, pk: int) -> HttpResponse:
    """Ways to narrow the search that one of the learner's own alerts came from."""
    alerts = UserAlert.objects.filter(user=request.user)
    alert = get_object_or_404(alerts.select_related("slot__center", "preference"), pk=pk)
    ways = narrowings(alert, today=database_today())
    return render(request, "alerts/narrow.html", {"alert": alert, "narrowings": ways})


@require_POST
@login_required
def alert_answer(request: LearnerRequest, pk: int) -> HttpResponse:
    """Take what the learner says became of the slot of one of their own alerts."""
    alert = get_object_or_404(UserAlert, user=request.user, pk=pk)
    answer_alert(alert=alert, answer=_answer_of(request)["answer"])
    return redirect(f"{reverse('alert_list')}#alert-{pk}")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def alert_page(request: HttpRequest, token: str) -> HttpResponse:
    """The slots of one message, without a login, for 7 days; and what became of them.

    A GET changes nothing, and a POST needs no cookie: the token is the proof.
    """
    try:
        number = links.read_alert_page(token)
    except links.BadLink as error:
        return bad_link(request, error)
    notification = get_object_or_404(Notification, pk=number, user__is_active=True)
    if request.method == "POST":
        said = _answer_of(request)
        alert = get_object_or_404(notification.alerts, pk=said["alert"])
        answer_alert(alert=alert, answer=said["answer"])
        return redirect(f"{request.path}#alert-{alert.pk}")
    alerts = read_notification(notification)
    context = {
        "alerts": alerts,
        "official": official_pages(_open_kinds(alerts)),
        "got_a_test": links.got_a_test_url(user_id=notification.user_id),
    }
    return render(request, "alerts/alert_page.html", context)


def _open_kinds(alerts: list[ShownAlert]) -> set[str]:
    """The kinds of test of those that are still open."""
    return {shown.slot.test_type for shown in alerts if shown.is_open}


def _answer_of(request: HttpRequest) -> dict[str, Any]:
    """An alert's id, and the answer or None; BadRequest for what none of our buttons sends."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        raise BadRequest("This is not one of our buttons.")
    return form.cleaned_data


def bad_link(request: HttpRequest, error: links.BadLink) -> HttpResponse:
    """Say what is the matter with a link, and where to go instead."""
    expired = isinstance(error, links.ExpiredLink)
    return render(
        request, "alerts/bad_link.html", {"expired": expired}, status=410 if expired else 404
    )
