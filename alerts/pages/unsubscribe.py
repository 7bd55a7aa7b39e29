"""Ending searches from a mail, without a login. A GET changes nothing; the token is the proof.

RFC 8058: the POST needs no cookie and is not redirected.
"""

from collections.abc import Callable
from functools import wraps

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.learners import read_learner
from accounts.models import SavedSearch, User
from accounts.querysets import SavedSearchQuerySet
from alerts import wording
from alerts.messages import links
from alerts.pages.alerts import bad_link
from alerts.searches import saving
from audit.clock import database_today

ENDED = "alerts.ended"
View = Callable[[HttpRequest, str], HttpResponse]


def reads_link(view: View) -> View:
    """Answer a bad link with a page that says so."""

    @wraps(view)
    def wrapped(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, token)
        except links.BadLink as error:
            return bad_link(request, error)

    return wrapped


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reads_link
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End the searches that a message named; then undo, or stop all."""
    link = links.read_unsubscribe(token)
    user = get_object_or_404(User, pk=link.user_id)
    if request.method != "POST":
        return _asked(request, user, link.search_ids)
    if "undo" in request.POST:
        return _undone(request, user)
    if "all" in request.POST:
        return _ended(request, user, saving.end_all_searches(user=user, actor=None))
    ended = saving.end_searches(user=user, ids=link.search_ids, actor=None)
    return _ended(request, user, ended)


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reads_link
def got_a_test(request: HttpRequest, token: str) -> HttpResponse:
    """End all searches of somebody who has found a test; then undo."""
    user = get_object_or_404(User, pk=links.read_got_a_test(token))
    if request.method != "POST":
        return render(request, "alerts/got_a_test.html")
    if "undo" in request.POST:
        return _undone(request, user)
    ended = saving.end_all_searches(user=user, actor=None)
    return _ended(request, user, ended, congratulate=True)


def _asked(request: HttpRequest, user: User, search_ids: list[int]) -> HttpResponse:
    """What would end; where the learner looks, nobody else reads: a mail may be passed on."""
    named = SavedSearch.objects.of(user).filter(pk__in=search_ids)
    running = named.filter(is_active=True)
    ended = sorted(named.filter(is_active=False).values_list("pk", flat=True))
    others = SavedSearch.objects.of(user).filter(is_active=True).exclude(pk__in=search_ids)
    context = {
        "count": running.count(),
        "others": others.count(),
        "promises": _promises(running, user) if request.user == user else [],
        "undo": ended and _proof(user, ended),
    }
    return render(request, "alerts/unsubscribe.html", context)


def _ended(
    request: HttpRequest, user: User, ended: list[int], *, congratulate: bool = False
) -> HttpResponse:
    left = SavedSearch.objects.of(user).filter(is_active=True)
    context = {
        "ended": _proof(user, ended),
        "count": len(ended),
        "left": left.count(),
        "congratulate": congratulate,
    }
    return render(request, "alerts/ended.html", context)


def _proof(user: User, ended: list[int]) -> str:
    """Lets who holds it undo the ending of these searches."""
    return signing.Signer(salt=ENDED).sign_object([user.pk, ended])


def _undone(request: HttpRequest, user: User) -> HttpResponse:
    """Restart what a page of ours says that it has ended."""
    try:
        owner, ended = signing.Signer(salt=ENDED).unsign_object(request.POST["undo"])
    except signing.BadSignature as error:
        raise links.BadLink("This is not one of our buttons.") from error
    if owner != user.pk:
        raise links.BadLink("This button is another learner's.")
    restarted = saving.restart_searches(user=user, ids=ended, actor=None)
    return render(request, "alerts/restarted.html", {"count": len(restarted)})


def _promises(searches: SavedSearchQuerySet, user: User) -> list[str]:
    learner = read_learner(user, today=database_today())
    with_centers = searches.prefetch_related("centers")
    return [wording.promise_of(search, learner).sentence for search in with_centers]
