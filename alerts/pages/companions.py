"""The learner's companions, and the page that a companion opens from a mail, without a login."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.learners import read_learners
from accounts.limits.requests import RateLimit
from accounts.models import SavedSearch
from alerts import wording
from alerts.companions import (
    CannotName,
    confirm_companion,
    end_companion,
    name_companion,
)  # fmt: skip
from alerts.config import COMPANIONS_PER_DAY
from alerts.messages import links
from alerts.models import Companion
from alerts.pages.forms import CompanionForm
from alerts.pages.history import ShownAlert, read_sent
from alerts.pages.searches import LearnerRequest
from alerts.pages.unsubscribe import reads_link
from audit.addresses import client_address
from audit.clock import database_today
from audit.text import read_id

NAMED = RateLimit("companion", COMPANIONS_PER_DAY, window=timedelta(days=1))
TOO_MANY = "You have named several people today. Try again tomorrow."


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def companions(request: LearnerRequest) -> HttpResponse:
    """Who gets the learner's alerts, and naming one more."""
    form = CompanionForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _named(request, form):
        return redirect("companions")
    named = Companion.objects.of(request.user)
    context = {
        "form": form, "companions": named, "is_full": len(named) >= Companion.MOST,
        "lost": Companion.objects.lost_of(request.user),
    }  # fmt: skip
    return render(request, "alerts/companions.html", context)


def _named(request: LearnerRequest, form: CompanionForm) -> bool:
    """Whether they are asked now; else the form says why not."""
    if NAMED.seconds_to_wait(client_address(request)):
        form.add_error(None, TOO_MANY)
        return False
    try:
        companion = name_companion(user=request.user, **form.cleaned_data)
    except CannotName as refused:
        form.add_error("email", str(refused))
        return False
    messages.success(request, f"We are asking {companion.email}. It’s up to them now.")
    return True


@require_POST
@login_required
def companion_end(request: LearnerRequest, pk: int) -> HttpResponse:
    """Take a companion back; nothing more goes to them."""
    companion = get_object_or_404(Companion.objects.filter(user=request.user), pk=pk)
    reason = Companion.EndReason.TAKEN_BACK
    end_companion(companion=companion, reason=reason, actor=request.user)
    messages.success(request, f"{companion.email} gets no more of your alerts.")
    return redirect("companions")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reads_link
def companion(request: HttpRequest, token: str) -> HttpResponse:
    """Say yes or no, see every learner who has named one, and stop. A GET changes nothing.

    The token is the proof, so the POST needs no cookie (RFC 8058).
    """
    reader = get_object_or_404(Companion, pk=links.read_companion(token))
    if request.method == "POST":
        _answer(request, reader)
        return redirect(request.path)
    beside = Companion.objects.of_same_person(reader).select_related("user").order_by("pk")
    context = {
        "learners": _shown([each for each in beside if each.is_live]),
        "asked_by": [each for each in beside if not each.is_live],
    }
    return render(request, "alerts/companion.html", context)


def _answer(request: HttpRequest, reader: Companion) -> None:
    """What one presses, or a mail program does in their name; BadRequest for anything else."""
    if "List-Unsubscribe" in request.POST:
        _stop(reader)
    elif "yes" in request.POST:
        confirm_companion(companion=_chosen(reader, request.POST["yes"]))
    elif "stop" in request.POST:
        _stop(_chosen(reader, request.POST["stop"]))
    else:
        raise BadRequest("This is not one of our buttons.")


def _stop(companion: Companion) -> None:
    end_companion(companion=companion, reason=Companion.EndReason.STOPPED, actor=None)


def _chosen(reader: Companion, number: str) -> Companion:
    """The same person beside one of the learners."""
    pk = read_id(number)
    if pk is None:
        raise BadRequest("This is not one of our buttons.")
    return get_object_or_404(Companion.objects.of_same_person(reader), pk=pk)


@dataclass(frozen=True)
class ShownLearner:
    """What a companion sees of one learner."""

    companion: Companion
    promises: list[str]
    alerts: list[ShownAlert]


def _shown(beside: list[Companion]) -> list[ShownLearner]:
    """All learners at once: an instructor may have many."""
    ids = {each.user_id for each in beside}
    running = SavedSearch.objects.filter(user__in=ids, is_active=True).order_by("pk")
    searches = list(running.prefetch_related("centers"))
    alerts, learners = read_sent(ids), read_learners(ids, today=database_today())
    return [
        ShownLearner(
            each,
            [
                wording.promise_of(search, learners[each.user_id]).sentence
                for search in searches
                if search.user_id == each.user_id
            ],
            [shown for shown in alerts if shown.alert.user_id == each.user_id],
        )
        for each in beside
    ]
